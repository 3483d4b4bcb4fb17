// How much memory tensors take, and how much they took at most.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace ecg_lora::train {

/// Bytes of live tensors of one device. On the CPU they are counted from the construction of the
/// first TensorMemory on, in all threads; on CUDA libtorch's allocator counts them. What kernels
/// allocate for themselves, outside tensors, is not in it.
class TensorMemory {
 public:
  explicit TensorMemory(at::Device device);
  std::int64_t now() const;
  std::int64_t peak() const;  ///< the most since the start or since reset_peak()
  void reset_peak();

 private:
  at::Device device_;
};

}  // namespace ecg_lora::train
