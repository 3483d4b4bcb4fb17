// A statistic of two runs on the same cases.
#pragma once

#include <optional>

namespace ecg_lora::score {

/// Second minus first, over the same resamples of patients.
struct Difference {
  std::optional<double> first, second, value, low, high;  ///< low, high: 95 % percentile interval
  std::optional<double> p;  ///< two-sided: twice the smaller share of resamples on one side of 0, counting one more, at most 1
};

}  // namespace ecg_lora::score
