// The difference of a statistic between two runs.
#pragma once

#include <optional>

namespace ecg_lora::metrics {

/// A statistic of two runs on the same records or questions. What is undefined is empty.
struct Difference {
  std::optional<double> first, second;  ///< of each run
  std::optional<double> value;          ///< second minus first
  std::optional<double> low, high;      ///< 95 % interval of `value` by the jackknife
  /// Two-sided, of the same standard error: below 0.05 exactly if 0 lies outside the interval.
  std::optional<double> p;
};

}  // namespace ecg_lora::metrics
