// What knowing nothing of the recording scores, so that a reader sees what the task is worth.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/metrics/labels/scores.h"

namespace ecg_lora::metrics {

struct Baseline {
  std::string name, definition;
  std::vector<std::string> labels;
  std::vector<Values> of_label;  ///< in the order of `labels`
  Values macro;                  ///< over the labels with both classes
  std::array<std::optional<double>, kSetMetricCount> sets;
};

/// random: expected values of a uniform probability, called at 0.5. majority: 0 or 1, the commoner
/// answer of the validation folds, called at 0.5. prevalence: the share of positives of the
/// validation folds, thresholds by `rule` there. A label without validation answers counts as half
/// positive.
std::vector<Baseline> baselines(const PredictionTable& validation, const PredictionTable& test,
                                const ThresholdRule& rule);

/// Another model's probabilities for the very pairs of `validation` and `test`, thresholds chosen
/// by `rule`, as a baseline.
Baseline model_baseline(std::string name, std::string definition, const PredictionTable& validation,
                        const PredictionTable& test, const ThresholdRule& rule);

/// Expected average precision of a random order of `count` records, `positives` of them positive
/// (Bestgen 2015).
double expected_average_precision(std::int64_t positives, std::int64_t count);

}  // namespace ecg_lora::metrics
