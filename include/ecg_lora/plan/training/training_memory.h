// Whether a training run fits, before its base is loaded.
#pragma once

#include <cstdint>
#include <string>

#include "ecg_lora/plan/inference/memory_check.h"
#include "ecg_lora/plan/training/training_plan.h"
#include "ecg_lora/train/loop/run_cost.h"

namespace ecg_lora::plan {

/// What training `input` takes, whose base is `load` in the storage and dtype of `input`. `ranks`
/// processes share the weights if loop.shard_weights says so.
RequiredMemory training_memory(BaseLoad load, const TrainingInput& input, std::int64_t ranks);

/// Usage error if training `input` will not fit into `available`, before a weight is read: names
/// the changes of the config that would help, and --force. With `force` it is a warning. `name` is
/// what messages call the base.
MemoryChecked require_training_memory(const std::string& name, const BaseLoad& load,
                                      const TrainingInput& input, std::int64_t ranks,
                                      const AvailableMemory& available, bool force);

/// Lets `cost` count the arithmetic of batches, and plan what other settings would cost.
/// input.loop.accumulation is that of one process.
void count_arithmetic(train::RunCost& cost, const TrainingInput& input);

}  // namespace ecg_lora::plan
