#include "ecg_lora/train/loop/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ecg_lora::train {
namespace {

/// Share of `length` that `step` has done; a length of 0 counts as 1, as transformers has it.
double share(std::int64_t step, std::int64_t length) {
  return static_cast<double>(step) / static_cast<double>(std::max<std::int64_t>(1, length));
}

std::int64_t part_of(double ratio, std::int64_t steps) {
  return static_cast<std::int64_t>(std::ceil(ratio * static_cast<double>(steps)));
}

double half_wave(double done) {
  return (1 + std::cos(std::numbers::pi * done)) / 2;
}

/// From 1 down to 0 while `done` goes from 0 to 1.
double falling(const std::string& shape, double done) {
  const double factor = shape == "linear"   ? 1 - done
                        : shape == "cosine" ? half_wave(done)
                                            : 1 - std::sqrt(done);
  return std::max(0.0, factor);
}

}  // namespace

double learning_rate(const OptimizerConfig& config, std::int64_t step, std::int64_t steps) {
  const auto above_floor = [&](double factor) {
    return config.lr * (config.min_lr_ratio + (1 - config.min_lr_ratio) * factor);
  };
  const auto warmup =
      config.warmup_steps > 0 ? config.warmup_steps : part_of(config.warmup_ratio, steps);
  const bool wsd = config.schedule == "wsd";
  if (step < warmup)
    return wsd ? above_floor(share(step, warmup)) : config.lr * share(step, warmup);
  if (config.schedule == "constant") return config.lr;
  if (config.schedule == "linear")
    return above_floor(std::max(0.0, share(steps - step, steps - warmup)));
  if (config.schedule == "cosine")
    return above_floor(falling("cosine", share(step - warmup, steps - warmup)));
  const auto decay = std::min(part_of(config.decay_ratio, steps),
                              std::max<std::int64_t>(0, steps - warmup)),
             stable = steps - decay;
  if (step < stable) return config.lr;
  return step < steps ? above_floor(falling(config.decay, share(step - stable, decay)))
                      : above_floor(0);
}

}  // namespace ecg_lora::train
