// All that is said about one run: scores, baselines, calibration, subgroups, curves, worst errors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/metrics/labels/baselines.h"
#include "ecg_lora/metrics/labels/calibration.h"
#include "ecg_lora/metrics/labels/curves.h"
#include "ecg_lora/metrics/labels/subgroups.h"

namespace ecg_lora::metrics {

struct EvaluationOptions {
  IntervalOptions intervals;
  ThresholdRule threshold;
  std::size_t worst = 12;  ///< errors to show
  /// Labels that are named among the scores even if nobody has an answer to them.
  std::vector<std::string> labels = {};
};

struct LabelCurves {
  std::string label;
  Points roc, precision_recall;
  std::vector<ReliabilityBin> reliability;
};

struct Evaluation {
  Scores scores;
  ThresholdRule rule;                   ///< as in the options
  IntervalOptions intervals;            ///< as in the options
  std::int64_t validation_records = 0;  ///< that chose the thresholds
  std::vector<Baseline> baselines;
  std::vector<LabelCalibration> calibration;
  std::vector<GroupScores> groups;
  std::vector<LabelCurves> curves;          ///< of the labels with both classes
  std::vector<ReliabilityBin> reliability;  ///< of all pairs of a record and a label
  Cooccurrence cooccurrence;
  std::vector<WorstError> worst;
};

/// Thresholds and calibration from `validation`, everything else on `test`. Subgroups have no BCa
/// intervals. Data error as make_prediction_table().
Evaluation evaluate(const std::vector<Prediction>& validation, const std::vector<Prediction>& test,
                    const std::vector<Grouping>& groupings, const EvaluationOptions& options);

}  // namespace ecg_lora::metrics
