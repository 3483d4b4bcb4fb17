// Thresholds, chosen on the validation folds only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ecg_lora/metrics/statistics/prediction_table.h"

namespace ecg_lora::metrics {

/// How a label's threshold is chosen. A label is called if its probability reaches the threshold.
struct ThresholdRule {
  /// f1: highest F1. youden: highest sensitivity + specificity. sensitivity: the highest threshold
  /// that reaches `sensitivity`. fixed: 0.5 for all.
  std::string rule = "f1";
  double sensitivity = 0.9;      ///< from 0 to 1
  std::string describe() const;  ///< "highest F1 on the validation folds"
};

/// The probability that serves `rule` best as a threshold; the highest of equally good ones. 0.5 if
/// a class that the rule needs is empty. One entry per record in both vectors.
double choose_threshold(const std::vector<double>& probability, const std::vector<bool>& reference,
                        const ThresholdRule& rule);

/// Thresholds by label.
using Thresholds = std::map<std::string, double>;
/// Those of the labels of `validation`.
Thresholds choose_thresholds(const PredictionTable& validation, const ThresholdRule& rule);
/// 0.5 for a label that has none.
double threshold_of(const Thresholds& thresholds, const std::string& label);

}  // namespace ecg_lora::metrics
