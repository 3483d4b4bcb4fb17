// Whether layers compute several operations at once, keeping less for the backward pass.
#pragma once

#include <c10/core/DeviceType.h>

namespace ecg_lora::nn {

/// True unless an Unfused lives. Fused and plain layers give the same values up to rounding; tests
/// hold one against the other.
bool fused();

/// Whether this build computes norms, rotations and SwiGLU in one pass on that kind of device: on
/// the CPU, and on CUDA where it was built with CUDA's compiler.
bool fuses_on(at::DeviceType device);

/// While one lives, in any thread, layers are made of libtorch's own operations.
class Unfused {
 public:
  Unfused();
  ~Unfused();
  Unfused(const Unfused&) = delete;
  Unfused& operator=(const Unfused&) = delete;
};

}  // namespace ecg_lora::nn
