// What knowing nothing of the recording scores, so that a reader sees what the task is worth.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/metrics/labels/scores.h"

namespace ecg_lora::metrics {

/// Scores without a vision language model. What is undefined is empty.
struct Baseline {
  std::string name, definition;
  std::vector<std::string> labels;
  std::vector<Values> of_label;  ///< in the order of `labels`
  Values macro;                  ///< mean over the labels with both classes
  std::array<std::optional<double>, kSetMetricCount> sets;
};

/// Three baselines. random: expected values of a uniform probability, called at 0.5 (average
/// precision by Bestgen 2015). majority: 0 or 1, the commoner answer of the validation folds,
/// called at 0.5. prevalence: the share of positives of the validation folds, thresholds by `rule`
/// there. A label without validation answers counts as half positive.
std::vector<Baseline> baselines(const PredictionTable& validation, const PredictionTable& test,
                                const ThresholdRule& rule);

/// Another model's probabilities for the very pairs of `validation` and `test`, thresholds chosen
/// by `rule`, as a baseline.
Baseline model_baseline(std::string name, std::string definition, const PredictionTable& validation,
                        const PredictionTable& test, const ThresholdRule& rule);

}  // namespace ecg_lora::metrics
