#include "ecg_lora/train/loop/train_job.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "ecg_lora/base/error.h"

namespace ecg_lora::train {

model::ActivationCheckpointing activation_checkpointing(const LoopConfig& loop) {
  model::ActivationCheckpointing result;
  const auto every = loop.checkpoint_every_layers;
  std::istringstream kinds(loop.activation_checkpointing);
  for (std::string kind; std::getline(kinds, kind, ',');) {
    if (kind != "none" && kind != "all" && kind != "self" && kind != "cross" && kind != "vision")
      throw_usage("loop.activation_checkpointing has '", kind,
                  "', expected none, all, or some of self, cross and vision with commas between; "
                  "choose among them");
    if (kind == "all" || kind == "self") result.self = every;
    if (kind == "all" || kind == "cross") result.cross = every;
    if (kind == "all" || kind == "vision") result.vision = every;
  }
  return result;
}

std::int64_t total_steps(const LoopConfig& loop, std::int64_t batches) {
  if (loop.steps > 0) return loop.steps;
  return std::max<std::int64_t>(
      1, static_cast<std::int64_t>(std::ceil(loop.epochs * static_cast<double>(batches) /
                                             static_cast<double>(loop.accumulation))));
}

Json summary_of(const TrainJob& job, const lora::InjectReport& trained) {
  const auto batches = job.training->size();
  return {{"batches", batches},
          {"steps", total_steps(job.loop, batches)},
          {"trainable_parameters", trained.trainable},
          {"parameters", trained.total},
          {"adapted_modules", trained.modules.size()}};
}

}  // namespace ecg_lora::train
