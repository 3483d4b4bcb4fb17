// Thresholds, chosen on the validation folds only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ecg_lora/metrics/statistics/prediction_table.h"

namespace ecg_lora::metrics {

/// How a label's threshold is chosen. Predicted positive is what reaches it.
struct ThresholdRule {
  /// f1: highest F1. youden: highest sensitivity + specificity. sensitivity: the highest threshold
  /// that reaches `sensitivity`. fixed: 0.5 for all.
  std::string rule = "f1";
  double sensitivity = 0.9;
  std::string describe() const;  ///< "highest F1 on the validation folds"
};

/// The probability that serves `rule` best; the highest of several. 0.5 where a class that the rule
/// needs is empty.
double choose_threshold(const std::vector<double>& probability, const std::vector<bool>& reference,
                        const ThresholdRule& rule);
double best_f1_threshold(const std::vector<double>& probability,
                         const std::vector<bool>& reference);

/// By label; a label that `validation` lacks has none, and counts at 0.5.
using Thresholds = std::map<std::string, double>;
Thresholds choose_thresholds(const PredictionTable& validation, const ThresholdRule& rule);
double threshold_of(const Thresholds& thresholds, const std::string& label);

}  // namespace ecg_lora::metrics
