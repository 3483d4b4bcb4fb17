#include "ecg_lora/nn/activation.h"

#include "ecg_lora/nn/fused.h"
#include "rows.h"

namespace ecg_lora::nn {
namespace {

bool by_kernel(const at::Tensor& x, const at::Tensor& gate) {
  const bool recorded = at::GradMode::is_enabled() && (x.requires_grad() || gate.requires_grad());
  return fused() && !recorded && has_kernels(x);
}

at::Tensor swiglu(const at::Tensor& x, const at::Tensor& gate) {
  if (!by_kernel(x, gate)) return at::silu(gate) * x;
  const auto up = x.contiguous(), gates = gate.contiguous();
  auto out = at::empty_like(up);
  with_type(x.scalar_type(), [&](auto data) {
    in_threads(up.numel(), 1, [&](std::int64_t begin, std::int64_t end) { kernels::swiglu(data(gates) + begin, data(up) + begin, data(out) + begin, end - begin); });
  });
  return out;
}

std::pair<at::Tensor, at::Tensor> swiglu_backward(const at::Tensor& grad, const at::Tensor& x, const at::Tensor& gate) {
  if (!by_kernel(x, gate)) return {grad * at::silu(gate), at::silu_backward(grad * x, gate)};
  const auto up = x.contiguous(), gates = gate.contiguous(), grads = grad.contiguous();
  auto of_up = at::empty_like(up), of_gate = at::empty_like(up);
  with_type(x.scalar_type(), [&](auto data) {
    in_threads(up.numel(), 1, [&](std::int64_t begin, std::int64_t end) {
      kernels::swiglu_backward(data(grads) + begin, data(gates) + begin, data(up) + begin, data(of_gate) + begin, data(of_up) + begin, end - begin);
    });
  });
  return {of_up, of_gate};
}

}  // namespace

at::Tensor activate(Activation kind, const at::Tensor& x, const at::Tensor& gate) {
  if (kind == Activation::none) return x;
  return kind == Activation::gelu ? at::gelu(x) : swiglu(x, gate);
}

std::pair<at::Tensor, at::Tensor> activate_backward(Activation kind, const at::Tensor& grad, const at::Tensor& x, const at::Tensor& gate) {
  if (kind == Activation::none) return {grad, {}};
  if (kind == Activation::gelu) return {at::gelu_backward(grad, x), {}};
  return swiglu_backward(grad, x, gate);
}

}  // namespace ecg_lora::nn
