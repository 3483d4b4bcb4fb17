#include "ecg_lora/nn/norm.h"

#include "ecg_lora/nn/fused.h"
#include "rows.h"

namespace ecg_lora::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor by_kernel(const at::Tensor& x, const at::Tensor& weight, double eps, at::Tensor& scale) {
  const auto width = x.size(-1), rows = x.numel() / std::max<std::int64_t>(1, width);
  auto out = at::empty_like(x);
  scale = at::empty({rows}, x.options().dtype(at::kFloat));
  with_type(x.scalar_type(), [&](auto data) {
    in_threads(rows, width, [&](std::int64_t begin, std::int64_t end) {
      kernels::rms_norm(data(x) + begin * width, data(weight), data(out) + begin * width, scale.data_ptr<float>() + begin, end - begin, width, eps);
    });
  });
  return out;
}

/// RMSNorm with a frozen weight; keeps x and one number a row.
class FrozenRmsNorm : public torch::autograd::Function<FrozenRmsNorm> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight, double eps) {
    at::Tensor scale;
    const auto out = by_kernel(x, weight, eps, scale);
    context->save_for_backward({x, weight, scale});
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradient) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &scale = saved[2];
    const auto width = x.size(-1);
    const auto grad = gradient[0].contiguous();
    auto out = at::empty_like(x);
    with_type(x.scalar_type(), [&](auto data) {
      in_threads(scale.numel(), width, [&](std::int64_t begin, std::int64_t end) {
        kernels::rms_norm_backward(data(grad) + begin * width, data(x) + begin * width, data(weight), scale.const_data_ptr<float>() + begin,
                                   data(out) + begin * width, end - begin, width);
      });
    });
    return {out, at::Tensor(), at::Tensor()};
  }
};

}  // namespace

RmsNormImpl::RmsNormImpl(std::int64_t width, double eps, const at::TensorOptions& options) : eps_(eps) {
  weight = register_parameter("weight", at::empty({width}, options), /*requires_grad=*/false);
}

at::Tensor RmsNormImpl::forward(const at::Tensor& x) {
  if (fused() && has_kernels(x) && weight.scalar_type() == x.scalar_type() && !weight.requires_grad()) {
    at::Tensor scale;
    if (at::GradMode::is_enabled() && x.requires_grad()) return FrozenRmsNorm::apply(x.contiguous(), weight, eps_);
    return by_kernel(x.contiguous(), weight, eps_, scale);
  }
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
