// Predictions as columns: one a label, over the same list of records.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/metrics/statistics/predictions.h"

namespace ecg_lora::metrics {

struct ScoredRecord {
  int ecg_id = 0, patient_id = 0, fold = 0;
  std::size_t patient = 0;  ///< number of the patient, from 0 in the order of their first records
};

/// Answers to one label, in the order of the records; not every record need have one.
struct LabelColumn {
  std::string label;
  std::vector<double> probability;
  std::vector<bool> reference;
  std::vector<std::size_t> record;  ///< place in PredictionTable::records
};

/// The same whatever the order of the predictions it was made from.
struct PredictionTable {
  std::vector<ScoredRecord> records;  ///< by rising ecg_id
  std::vector<LabelColumn> columns;   ///< by label
  std::size_t patients = 0;

  /// Pairs of a record and a label without an answer.
  std::int64_t unanswered() const;
  /// Patient of each answer of a column.
  std::vector<std::size_t> patients_of(const LabelColumn& column) const;
};

/// Data error where two lines give one record different patients or folds, or one label of a record
/// twice.
PredictionTable make_prediction_table(const std::vector<Prediction>& predictions);

/// The table with an empty column for each of `labels` that it lacks, so that they are named among
/// the scores.
PredictionTable with_labels(PredictionTable table, const std::vector<std::string>& labels);

/// The predictions whose fold is one of `folds`.
std::vector<Prediction> of_folds(const std::vector<Prediction>& all, const std::vector<int>& folds);

}  // namespace ecg_lora::metrics
