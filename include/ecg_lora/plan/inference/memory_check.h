// Required memory against available memory, before weights are read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/plan/inference/available_memory.h"
#include "ecg_lora/plan/inference/required_memory.h"

namespace ecg_lora::plan {

/// Other arguments of the command, and what it would need with them.
struct Alternative {
  std::string arguments;
  RequiredMemory required;
};

/// "21.3 GB", of 1e9 bytes.
std::string format_giga(std::int64_t bytes);

/// Why `required` does not fit into `available`, "27.1 GB of memory, expected at most …"; empty if
/// it does.
std::string shortage(const RequiredMemory& required, const AvailableMemory& available);

/// That the memory was checked: only require_memory() makes one, and what loads a base asks for it.
class MemoryChecked {
  MemoryChecked() = default;
  friend MemoryChecked require_memory(const std::string& command, const RequiredMemory& required,
                                      const std::vector<Alternative>& alternatives,
                                      const AvailableMemory& available, bool force);
};

/// Usage error if `required` does not fit: names what `command` needs, what is available, the
/// alternatives that would fit, and --force. With `force` it is a warning.
MemoryChecked require_memory(const std::string& command, const RequiredMemory& required,
                             const std::vector<Alternative>& alternatives,
                             const AvailableMemory& available, bool force);

}  // namespace ecg_lora::plan
