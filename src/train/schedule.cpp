#include "ecg_lora/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ecg_lora::train {

double learning_rate(const OptimizerConfig& config, std::int64_t step, std::int64_t steps) {
  if (step < config.warmup_steps) return config.lr * static_cast<double>(step + 1) / static_cast<double>(config.warmup_steps);
  if (config.schedule == "constant") return config.lr;
  const double length = static_cast<double>(std::max<std::int64_t>(1, steps - 1 - config.warmup_steps));
  const double done = std::min(1.0, static_cast<double>(step - config.warmup_steps) / length);
  const double wave = (1 + std::cos(std::numbers::pi * done)) / 2;
  return config.lr * (config.min_lr_ratio + (1 - config.min_lr_ratio) * wave);
}

}  // namespace ecg_lora::train
