// The processes that torchrun or Slurm started together, as a command joins them.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "ecg_lora/train/distributed/group.h"
#include "ecg_lora/train/distributed/shared_work.h"

namespace ecg_lora::distributed {

struct Ranks {
  std::shared_ptr<Group> group;
  bool restarted = false;  ///< the launcher has started the processes again after one failed
};

/// Finds the others, who exchange tensors of `device`; joining, and then each operation, waits
/// `patience`. This process takes the GPU of its local rank; if it is not the first, it is quiet.
Ranks join_ranks(at::Device device, std::chrono::seconds patience);

/// The same for a command whose processes share `pieces` ("records") and exchange no tensors of the
/// device. `cuda`: a GPU computes; `threads` per process, 0 for all cores.
Team join_team(bool cuda, int threads, const std::string& pieces);

}  // namespace ecg_lora::distributed
