// The learning rate of each step.
#pragma once

#include <cstdint>

#include "ecg_lora/train/config.h"

namespace ecg_lora::train {

/// Rate of step `step` of `steps` (from 0): linear from lr / warmup to lr over the warm-up, then a half cosine to
/// lr * min_lr_ratio at the last step, or constant.
double learning_rate(const OptimizerConfig& config, std::int64_t step, std::int64_t steps);

}  // namespace ecg_lora::train
