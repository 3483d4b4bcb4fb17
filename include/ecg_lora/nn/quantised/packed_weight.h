// Frozen weights of linears that are kept in another form than dense, and made dense when they are
// used.
#pragma once

#include <torch/torch.h>

#include <memory>

namespace ecg_lora::nn {

/// A weight [out, in]: codes (Quantised), a piece per process (train::ShardedLayers), or a file.
class PackedWeightImpl : public torch::nn::Module {
 public:
  /// The weight [out, in] in `dtype`, on the device of the products that use it. The tensor is good
  /// until a weight of another layer is asked for. Throws what unpacking throws.
  virtual at::Tensor dense(at::ScalarType dtype) const = 0;
};

/// x [..., in] to x W^T + b [..., out]; `bias` [out] or undefined, and frozen. The graph keeps no
/// dense weight: the backward pass asks for it again.
at::Tensor packed_linear(const at::Tensor& x, const std::shared_ptr<PackedWeightImpl>& weight,
                         const at::Tensor& bias);

}  // namespace ecg_lora::nn
