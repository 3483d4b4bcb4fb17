#include "ecg_lora/nn/linear.h"

#include <stdexcept>

namespace ecg_lora::nn {

LinearImpl::LinearImpl(std::int64_t in, std::int64_t out, bool with_bias, const at::TensorOptions& options) {
  weight = register_parameter("weight", at::empty({out, in}, options), /*requires_grad=*/false);
  if (with_bias) bias = register_parameter("bias", at::empty({out}, options), /*requires_grad=*/false);
}

at::Tensor LinearImpl::forward(const at::Tensor& x) {
  auto y = at::linear(x, weight, bias);
  if (!has_adapter()) return y;
  const auto& a = lora_a_->weight;
  auto input = x.to(a.scalar_type());
  if (dropout_ > 0 && is_training()) input = at::dropout(input, dropout_, /*train=*/true);
  auto update = at::linear(at::linear(input, a), lora_b_->weight);
  return y.to(a.scalar_type()).add(update, scale_).to(x.scalar_type());
}

void LinearImpl::set_adapter(const at::Tensor& a, const at::Tensor& b, double scale, double dropout) {
  if (a.dim() != 2 || b.dim() != 2 || a.size(1) != weight.size(1) || b.size(0) != weight.size(0) ||
      a.size(0) != b.size(1))
    throw std::invalid_argument("adapter factors do not fit the linear layer");
  if (has_adapter()) {
    unregister_module("lora_A");
    unregister_module("lora_B");
  }
  lora_a_ = register_module("lora_A", Factor(a.to(weight.device(), at::kFloat, false, true)));
  lora_b_ = register_module("lora_B", Factor(b.to(weight.device(), at::kFloat, false, true)));
  scale_ = scale;
  dropout_ = dropout;
}

}  // namespace ecg_lora::nn
