// What the report draws: ROC and precision-recall curves, which labels are called in place of
// others, the worst errors.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/metrics/labels/thresholds.h"
#include "ecg_lora/metrics/statistics/prediction_table.h"

namespace ecg_lora::metrics {

/// A curve, (x, y) by (x, y).
using Points = std::vector<std::pair<double, double>>;

/// (1 - specificity, sensitivity), one point per distinct probability, from (0, 0) to (1, 1). Empty
/// unless both classes occur.
Points roc_curve(const LabelColumn& column);
/// (recall, precision), one point per distinct probability, from the highest on. Empty without
/// positives.
Points precision_recall_curve(const LabelColumn& column);
/// At most `count` points (2 or more), first and last among them.
Points thinned(const Points& points, std::size_t count);

/// Of the records that have label i, how many are called label j. The diagonal is sensitivity;
/// elsewhere only records that do not have j count, so that labels that go together are no error.
struct Cooccurrence {
  std::vector<std::string> labels;
  std::vector<std::vector<int>> called, of;  ///< [i][j]: `called` of `of` records
};
/// Of the labels with both classes, the `count` with most positives.
Cooccurrence cooccurrence(const PredictionTable& test, const Thresholds& thresholds,
                          std::size_t count);

/// A record for which one label's probability is far from the reference.
struct WorstError {
  int ecg_id = 0, patient_id = 0;
  std::string label, question, answer;
  bool gold = false;  ///< reference label
  double probability = 0, threshold = 0.5;
  std::vector<std::string> has, called;  ///< labels of the record by gold, and at the thresholds
};
/// The `count` largest |probability - reference|, one label per record, worst first.
std::vector<WorstError> worst_errors(const std::vector<Prediction>& test,
                                     const Thresholds& thresholds, std::size_t count);

}  // namespace ecg_lora::metrics
