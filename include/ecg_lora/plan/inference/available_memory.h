// The memory that a process of this launch may take now.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ecg_lora/base/memory_limits.h"

namespace ecg_lora::plan {

struct AvailableMemory {
  std::vector<MemoryLimit> limits;     ///< of the host: the machine, cgroups, ulimit
  std::optional<std::int64_t> device;  ///< free bytes of the CUDA device
  std::int64_t processes = 1;          ///< that load a base on this machine at the same time
};

/// Processes of this launch on this machine, by the variables of torchrun or Slurm; at least 1.
std::int64_t processes_here();

/// On this machine now; of the CUDA device only if `cuda`.
AvailableMemory available_memory(bool cuda);

}  // namespace ecg_lora::plan
