// The learning rate of each step.
#pragma once

#include <cstdint>

#include "ecg_lora/train/loop/training_config.h"

namespace ecg_lora::train {

/// Rate of step `step` of `steps` (from 0), with the values of transformers' get_scheduler: a
/// warm-up from 0 (of wsd: from lr * min_lr_ratio) at step 0 to lr at step `warmup_steps`, then
/// what config.schedule says, coming to lr * min_lr_ratio at step `steps`, one after the last.
double learning_rate(const OptimizerConfig& config, std::int64_t step, std::int64_t steps);

}  // namespace ecg_lora::train
