// The most memory that was taken since a moment.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "ecg_lora/train/loop/tensor_memory.h"

namespace ecg_lora::bench {

/// A line of /proc/self/status, kB.
inline std::int64_t status(const std::string& key) {
  std::ifstream file("/proc/self/status");
  std::string word;
  while (file >> word)
    if (word == key) {
      std::int64_t value = 0;
      file >> value;
      return value;
    }
  return 0;
}

/// On the CPU what the process has resident, on CUDA what libtorch has allocated for tensors; kB.
class PeakMemory {
 public:
  explicit PeakMemory(at::Device device) {
    if (!device.is_cpu()) tensors_.emplace(device);
  }
  std::int64_t now() const { return tensors_ ? tensors_->now() / 1024 : status("VmRSS:"); }
  std::int64_t peak() const { return tensors_ ? tensors_->peak() / 1024 : status("VmHWM:"); }
  /// The peak counts from here.
  void reset() {
    if (tensors_)
      tensors_->reset_peak();
    else
      std::ofstream("/proc/self/clear_refs") << "5";
  }

 private:
  std::optional<train::TensorMemory> tensors_;
};

}  // namespace ecg_lora::bench
