// The processes that torchrun or Slurm started together.
#pragma once

#include <memory>

#include "ecg_lora/train/group.h"
#include "recipe.h"

namespace ecg_lora::tools {

struct Ranks {
  std::shared_ptr<train::Group> group;
  bool restarted = false;  ///< the launcher has started the processes again after one failed
};

/// Finds the others. This process takes the GPU of its local rank; where it is not the first, it is quiet.
Ranks join_ranks(const ComputeConfig& compute, std::int64_t timeout);

}  // namespace ecg_lora::tools
