#include "ecg_lora/nn/layers/norm.h"

#include <algorithm>

#include "ecg_lora/nn/kernels/row_operations.h"

namespace ecg_lora::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// RMSNorm in one pass; `scale` gets what the backward pass needs.
at::Tensor in_one(const RowOperations& operations, const at::Tensor& x, const at::Tensor& weight,
                  double eps, at::Tensor& scale) {
  auto out = at::empty_like(x);
  scale =
      at::empty({x.numel() / std::max<std::int64_t>(1, x.size(-1))}, x.options().dtype(at::kFloat));
  operations.rms_norm(x, weight, eps, out, scale);
  return out;
}

/// RMSNorm with a frozen weight; keeps x and one number per row.
class FrozenRmsNorm : public torch::autograd::Function<FrozenRmsNorm> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            double eps) {
    at::Tensor scale;
    const auto out = in_one(*row_operations(x), x, weight, eps, scale);
    context->save_for_backward({x, weight, scale});
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradient) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &scale = saved[2];
    auto out = at::empty_like(x);
    row_operations(x)->rms_norm_backward(gradient[0].contiguous(), x, weight, scale, out);
    return {out, at::Tensor(), at::Tensor()};
  }
};

}  // namespace

RmsNormImpl::RmsNormImpl(std::int64_t width, double eps, const at::TensorOptions& options)
    : eps_(eps) {
  weight = register_parameter("weight", at::empty({width}, options), /*requires_grad=*/false);
}

at::Tensor RmsNormImpl::forward(const at::Tensor& x) {
  const auto* operations = row_operations(x);
  if (fused() && operations && weight.scalar_type() == x.scalar_type() && !weight.requires_grad()) {
    at::Tensor scale;
    if (at::GradMode::is_enabled() && x.requires_grad())
      return FrozenRmsNorm::apply(x.contiguous(), weight, eps_);
    return in_one(*operations, x.contiguous(), weight, eps_, scale);
  }
  const auto wide = x.to(at::kFloat);
  const auto scale = at::rsqrt(wide.square().mean(-1, /*keepdim=*/true) + eps_);
  return weight * (wide * scale).to(x.scalar_type());
}

LayerNormImpl::LayerNormImpl(std::int64_t width, double eps, const at::TensorOptions& options)
    : eps_(eps) {
  weight = register_parameter("weight", at::empty({width}, options), /*requires_grad=*/false);
  bias = register_parameter("bias", at::empty({width}, options), /*requires_grad=*/false);
}

at::Tensor LayerNormImpl::forward(const at::Tensor& x) {
  return at::layer_norm(x, weight.sizes(), weight, bias, eps_);
}

}  // namespace ecg_lora::nn
