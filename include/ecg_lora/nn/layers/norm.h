// Normalisation layers.
#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "ecg_lora/nn/layers/implementation.h"

namespace ecg_lora::nn {

/// RMSNorm (Zhang and Sennrich 2019, arXiv 1910.07467): x / sqrt(mean(x^2) + eps) in fp32, rounded
/// to the input's dtype, times weight. Fused if the weight is frozen and has the input's dtype,
/// fp32 or bf16.
class RmsNormImpl : public torch::nn::Module, public ImplementationOption {
 public:
  /// A weight [width], not initialised, and frozen.
  RmsNormImpl(std::int64_t width, double eps, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  ///< [..., width] to [..., width]
  at::Tensor weight;

 private:
  double eps_;
};
TORCH_MODULE(RmsNorm);

/// LayerNorm (Ba et al. 2016, arXiv 1607.06450) over the last dimension: (x - mean) / sqrt(variance
/// + eps), times weight, plus bias.
class LayerNormImpl : public torch::nn::Module {
 public:
  /// Weight and bias [width], not initialised, and frozen.
  LayerNormImpl(std::int64_t width, double eps, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  ///< [..., width] to [..., width]
  at::Tensor weight, bias;

 private:
  double eps_;
};
TORCH_MODULE(LayerNorm);

}  // namespace ecg_lora::nn
