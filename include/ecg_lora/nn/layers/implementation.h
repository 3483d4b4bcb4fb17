// How layers compute, which is an option of each layer.
#pragma once

namespace ecg_lora::nn {

/// fused: several operations in one pass over memory, keeping less for the backward pass, wherever
/// this build and the device can (has_row_operations()). libtorch: libtorch's own operations, one
/// after the other. Both give the same values up to rounding; tests compare them.
enum class Implementation { fused, libtorch };

/// Base of the layers that have the choice.
class ImplementationOption {
 public:
  Implementation implementation() const { return implementation_; }
  void set_implementation(Implementation implementation) { implementation_ = implementation; }

 protected:
  ~ImplementationOption() = default;
  bool fused() const { return implementation_ == Implementation::fused; }

 private:
  Implementation implementation_ = Implementation::fused;
};

}  // namespace ecg_lora::nn
