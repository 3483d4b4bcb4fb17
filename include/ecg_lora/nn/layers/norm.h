// Normalisation layers.
#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "ecg_lora/nn/layers/implementation.h"

namespace ecg_lora::nn {

/// RMSNorm (Zhang and Sennrich 2019): x / sqrt(mean(x^2) + eps) in fp32, rounded to the input's
/// dtype, times weight.
class RmsNormImpl : public torch::nn::Module, public ImplementationOption {
 public:
  RmsNormImpl(std::int64_t width, double eps, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  ///< [..., width]
  at::Tensor weight;

 private:
  double eps_;
};
TORCH_MODULE(RmsNorm);

/// LayerNorm over the last dimension, with weight and bias.
class LayerNormImpl : public torch::nn::Module {
 public:
  LayerNormImpl(std::int64_t width, double eps, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x);  ///< [..., width]
  at::Tensor weight, bias;

 private:
  double eps_;
};
TORCH_MODULE(LayerNorm);

}  // namespace ecg_lora::nn
