// The processes that torchrun or Slurm started together.
#pragma once

#include <memory>
#include <string>

#include "ecg_lora/ranks/group.h"
#include "ecg_lora/ranks/shared_work.h"
#include "recipe.h"

namespace ecg_lora::tools {

struct Ranks {
  std::shared_ptr<ranks::Group> group;
  bool restarted = false;  ///< the launcher has started the processes again after one failed
};

/// Finds the others. This process takes the GPU of its local rank; where it is not the first, it is
/// quiet.
Ranks join_ranks(const ComputeConfig& compute, std::int64_t timeout);

/// The same for a command whose processes share `pieces` ("records") and exchange no tensors of the
/// device.
ranks::Team join_team(const ComputeConfig& compute, const std::string& pieces);

}  // namespace ecg_lora::tools
