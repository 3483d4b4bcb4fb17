// Whether layers compute several operations at once, keeping less for the backward pass.
#pragma once

namespace ecg_lora::nn {

/// True unless an Unfused lives. Fused and plain layers give the same values up to rounding; tests hold one against the other.
bool fused();

/// While one lives, in any thread, layers are made of libtorch's own operations.
class Unfused {
 public:
  Unfused();
  ~Unfused();
  Unfused(const Unfused&) = delete;
  Unfused& operator=(const Unfused&) = delete;
};

}  // namespace ecg_lora::nn
