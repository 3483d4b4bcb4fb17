// Scores of a multi-label task with intervals over patients.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/score/predictions.h"

namespace ecg_lora::score {

/// A value and its 95 % percentile interval; nothing where it is undefined (a class without a record).
struct Estimate {
  std::optional<double> value, low, high;
};

struct LabelScores {
  std::string label;
  std::int64_t records = 0, positives = 0;
  double threshold = 0.5;  ///< best F1 on the validation folds
  Estimate auroc, average_precision, f1, brier;
};

struct Scores {
  std::vector<LabelScores> labels;
  /// Means over the labels where each is defined.
  Estimate auroc, average_precision, f1, brier;
  std::int64_t records = 0, patients = 0, defined_labels = 0;  ///< labels with both classes
};

/// Thresholds from `validation` (0.5 where it is empty), scores on `test`. Intervals: `resamples` bootstrap samples of patients with replacement, each a pure
/// function of (seed, resample); a label that a resample leaves undefined is left out of that resample's mean.
Scores score(const std::vector<Prediction>& validation, const std::vector<Prediction>& test, int resamples, std::uint64_t seed);

}  // namespace ecg_lora::score
