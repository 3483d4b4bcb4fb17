// What happens if a mapped file shrinks: the kernel sends SIGBUS to whoever reads the pages that
// are gone.
#pragma once

#include <cstddef>

namespace ecg_lora::tensorio {

/// While it lives, reading [begin, begin + size) beyond the end of the file ends the process with
/// one sentence that names the file, and with the exit code of a checkpoint error. Any other SIGBUS
/// goes its usual way.
class MappedGuard {
 public:
  /// `path` is kept as a pointer: it must outlive the guard.
  MappedGuard(const char* begin, std::size_t size, const char* path);
  ~MappedGuard();
  MappedGuard(const MappedGuard&) = delete;
  MappedGuard& operator=(const MappedGuard&) = delete;

 private:
  std::size_t place_;
};

}  // namespace ecg_lora::tensorio
