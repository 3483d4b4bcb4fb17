#include "ecg_lora/nn/norm.h"

namespace ecg_lora::nn {

RmsNormImpl::RmsNormImpl(std::int64_t width, double eps, const at::TensorOptions& options) : eps_(eps) {
  weight = register_parameter("weight", at::empty({width}, options), /*requires_grad=*/false);
}

at::Tensor RmsNormImpl::forward(const at::Tensor& x) {
  const auto wide = x.to(at::kFloat);
  const auto scale = at::rsqrt(wide.square().mean(-1, /*keepdim=*/true) + eps_);
  return weight * (wide * scale).to(x.scalar_type());
}

LayerNormImpl::LayerNormImpl(std::int64_t width, double eps, const at::TensorOptions& options) : eps_(eps) {
  weight = register_parameter("weight", at::empty({width}, options), /*requires_grad=*/false);
  bias = register_parameter("bias", at::empty({width}, options), /*requires_grad=*/false);
}

at::Tensor LayerNormImpl::forward(const at::Tensor& x) {
  return at::layer_norm(x, weight.sizes(), weight, bias, eps_);
}

}  // namespace ecg_lora::nn
