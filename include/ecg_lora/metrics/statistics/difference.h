// A statistic of two runs on the same records or questions.
#pragma once

#include <optional>

namespace ecg_lora::metrics {

/// Second minus first, over the same patients left out in turn.
struct Difference {
  std::optional<double> first, second, value, low,
      high;  ///< low, high: 95 % interval by the jackknife
  std::optional<double>
      p;  ///< two-sided, of the same error: below 0.05 just where 0 lies outside of the interval
};

}  // namespace ecg_lora::metrics
