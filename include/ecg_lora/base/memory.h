// Memory of this process, as the kernel counts it.
#pragma once

#include <cstdint>
#include <string>

namespace ecg_lora {

/// Bytes: now, and the most there ever was. 0 if the kernel does not tell.
struct MemoryUse {
  std::int64_t now = 0, peak = 0;
};

/// Of this process, as resident set.
MemoryUse resident_memory();

/// "312 MiB", "1.4 GiB".
std::string format_bytes(std::int64_t bytes);

}  // namespace ecg_lora
