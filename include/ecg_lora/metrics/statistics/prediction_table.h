// Predictions as columns: one per label, over the same list of records.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/metrics/statistics/predictions.h"

namespace ecg_lora::metrics {

/// A record that is scored.
struct ScoredRecord {
  int ecg_id = 0, patient_id = 0, fold = 0;
  std::size_t patient = 0;  ///< number of the patient, from 0 in the order of their first records
};

/// The answers on one label, in the order of the records; not every record need have one. The
/// vectors are of equal length.
struct LabelColumn {
  std::string label;
  std::vector<double> probability;  ///< from 0 to 1
  std::vector<bool> reference;      ///< whether the record has the label
  std::vector<std::size_t> record;  ///< place in PredictionTable::records
};

/// All answers on a set of labels. The same whatever the order of the predictions that it was made
/// from.
struct PredictionTable {
  std::vector<ScoredRecord> records;  ///< by rising ecg_id
  std::vector<LabelColumn> columns;   ///< by label
  std::size_t patients = 0;           ///< how many different ones the records are of

  /// Pairs of a record and a label without an answer.
  std::int64_t unanswered() const;
  /// Number of the patient of each answer of a column.
  std::vector<std::size_t> patients_of(const LabelColumn& column) const;
};

/// Data error if two predictions give one record different patients or folds, or one label of a
/// record twice.
PredictionTable make_prediction_table(const std::vector<Prediction>& predictions);

/// The table with an empty column for each of `labels` that it lacks, so that they are named among
/// the scores.
PredictionTable with_labels(PredictionTable table, const std::vector<std::string>& labels);

/// The predictions whose fold is one of `folds`.
std::vector<Prediction> of_folds(const std::vector<Prediction>& all, const std::vector<int>& folds);

}  // namespace ecg_lora::metrics
