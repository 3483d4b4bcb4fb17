// What the kernel lets this process take.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ecg_lora {

/// Something that bounds the memory of this process.
struct MemoryLimit {
  std::string name;  ///< for people: "available memory of this machine", "cgroup /a/b", "ulimit -v"
  std::int64_t left = 0;   ///< bytes that can still be taken
  bool shared = true;      ///< with the other processes of this machine
  bool addresses = false;  ///< counts the addresses of mapped files too, not only memory
};

/// All that there are, in no order of size:
/// - MemAvailable of /proc/meminfo; swap does not count.
/// - The limit of each cgroup from this process's own up to the root (version 2: memory.max,
///   version 1: memory.limit_in_bytes), less what its processes hold. Pages of files do not count
///   as held: the kernel takes them back before it kills.
/// - RLIMIT_AS (ulimit -v), less the addresses that this process has.
/// What the kernel does not tell is left out. `root` stands in for "/".
std::vector<MemoryLimit> memory_limits(const std::filesystem::path& root = "/");

}  // namespace ecg_lora
