#include "ecg_lora/metrics/labels/evaluation.h"

namespace ecg_lora::metrics {
namespace {

constexpr std::size_t kCurvePoints = 200, kCooccurrenceLabels = 12;

std::vector<LabelCurves> curves_of(const PredictionTable& test) {
  std::vector<LabelCurves> result;
  for (const auto& column : test.columns) {
    auto roc = roc_curve(column);
    if (roc.empty()) continue;
    result.push_back({column.label, thinned(roc, kCurvePoints),
                      thinned(precision_recall_curve(column), kCurvePoints),
                      reliability(column.probability, column.reference)});
  }
  return result;
}

std::vector<ReliabilityBin> pooled_reliability(const PredictionTable& test) {
  std::vector<double> probability;
  std::vector<bool> reference;
  for (const auto& column : test.columns) {
    probability.insert(probability.end(), column.probability.begin(), column.probability.end());
    reference.insert(reference.end(), column.reference.begin(), column.reference.end());
  }
  return reliability(probability, reference);
}

}  // namespace

Evaluation evaluate(const std::vector<Prediction>& validation, const std::vector<Prediction>& test,
                    const std::vector<Grouping>& groupings, const EvaluationOptions& options) {
  const auto valid_table = make_prediction_table(validation),
             test_table = make_prediction_table(test);
  const auto thresholds = choose_thresholds(valid_table, options.threshold);
  Evaluation result;
  result.rule = options.threshold;
  result.intervals = options.intervals;
  result.validation_records = static_cast<std::int64_t>(valid_table.records.size());
  result.scores = score(with_labels(test_table, options.labels), thresholds, options.intervals);
  result.baselines = baselines(valid_table, test_table, options.threshold);
  result.calibration = calibrate(valid_table, test_table);
  auto plain = options.intervals;
  plain.bca = false;
  result.groups = score_groups(test, thresholds, groupings, plain);
  result.curves = curves_of(test_table);
  result.reliability = pooled_reliability(test_table);
  result.cooccurrence = cooccurrence(test_table, thresholds, kCooccurrenceLabels);
  result.worst = worst_errors(test, thresholds, options.worst);
  return result;
}

}  // namespace ecg_lora::metrics
