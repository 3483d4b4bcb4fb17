// A frozen linear layer with a slot for a low-rank adapter.
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace ecg_lora::nn {

/// One factor of an adapter: `weight` under a name of its own, so that named_parameters() yields PEFT's names.
class FactorImpl : public torch::nn::Module {
 public:
  explicit FactorImpl(at::Tensor value) : weight(register_parameter("weight", std::move(value))) {}
  at::Tensor weight;
};
TORCH_MODULE(Factor);

/// y = x W^T + b, and with an adapter + scale * (dropout(x) A^T) B^T (Hu et al. 2021, arXiv 2106.09685).
/// W is [out, in]; A is [R, in] and B [out, R], both fp32 whatever the dtype of W: the sum is taken in fp32 and rounded once,
/// as PEFT does.
class LinearImpl : public torch::nn::Module {
 public:
  LinearImpl(std::int64_t in, std::int64_t out, bool bias, const at::TensorOptions& options);

  at::Tensor forward(const at::Tensor& x);  ///< [..., in] to [..., out]

  /// Fills the slot; replaces an adapter that was there. Shapes are checked (std::invalid_argument).
  void set_adapter(const at::Tensor& a, const at::Tensor& b, double scale, double dropout);
  bool has_adapter() const { return !lora_a_.is_empty(); }
  const at::Tensor& lora_a() const { return lora_a_->weight; }
  const at::Tensor& lora_b() const { return lora_b_->weight; }

  at::Tensor weight, bias;

 private:
  Factor lora_a_{nullptr}, lora_b_{nullptr};
  double scale_ = 0, dropout_ = 0;
};
TORCH_MODULE(Linear);

}  // namespace ecg_lora::nn
