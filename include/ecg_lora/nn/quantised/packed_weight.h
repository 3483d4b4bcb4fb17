// Frozen weights of linears that are kept in another form than dense, and made dense where they are
// used.
#pragma once

#include <torch/torch.h>

#include <memory>

namespace ecg_lora::nn {

class PackedWeightImpl : public torch::nn::Module {
 public:
  /// The weight [out, in] in `dtype`. It may be taken back when a weight of another layer is asked
  /// for.
  virtual at::Tensor dense(at::ScalarType dtype) const = 0;
};

/// x W^T + b; `bias` may be undefined. Nothing is kept for the backward pass, which makes W dense
/// again.
at::Tensor packed_linear(const at::Tensor& x, const std::shared_ptr<PackedWeightImpl>& weight,
                         const at::Tensor& bias);

}  // namespace ecg_lora::nn
