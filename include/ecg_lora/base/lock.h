// One writer per output: an advisory lock that ends with its process, however that ends.
#pragma once

#include <filesystem>

namespace ecg_lora {

/// Holds the output `path` for this process until it is destroyed. The lock is flock(2) on
/// `.<name>.lock` in the folder of the output; the kernel releases it when the process is killed.
/// The file names its writer, and goes with the lock.
///
/// Throws a usage error that names the other writer if there is one, and a data error if the lock
/// file cannot be made. If the file system has no locks (some network file systems have none), a
/// warning says so and nothing is held.
class OutputLock {
 public:
  explicit OutputLock(const std::filesystem::path& path);
  ~OutputLock();
  OutputLock(const OutputLock&) = delete;
  OutputLock& operator=(const OutputLock&) = delete;

  /// True if a writer of this output was killed before: its lock file was there, and nobody held
  /// it.
  bool found_abandoned() const { return abandoned_; }

 private:
  /// Locks the open file. False, with the file closed, if its file system has no locks.
  bool take(const std::filesystem::path& path);

  std::filesystem::path file_;
  int descriptor_ = -1;
  bool abandoned_ = false;
};

}  // namespace ecg_lora
