#include "ecg_lora/nn/layers/activation.h"

#include "ecg_lora/nn/kernels/row_operations.h"

namespace ecg_lora::nn {
namespace {

/// Null if the graph is to record the activation, or there are none.
const RowOperations* operations_for(const at::Tensor& x, const at::Tensor& gate) {
  const bool recorded = at::GradMode::is_enabled() && (x.requires_grad() || gate.requires_grad());
  return recorded ? nullptr : row_operations(x);
}

at::Tensor swiglu(const at::Tensor& x, const at::Tensor& gate, Implementation implementation) {
  const auto* operations =
      implementation == Implementation::fused ? operations_for(x, gate) : nullptr;
  if (!operations) return at::silu(gate) * x;
  const auto up = x.contiguous();
  auto out = at::empty_like(up);
  operations->swiglu(gate.contiguous(), up, out);
  return out;
}

std::pair<at::Tensor, at::Tensor> swiglu_backward(const at::Tensor& grad, const at::Tensor& x,
                                                  const at::Tensor& gate) {
  const auto* operations = operations_for(x, gate);
  if (!operations) return {grad * at::silu(gate), at::silu_backward(grad * x, gate)};
  const auto up = x.contiguous();
  auto of_up = at::empty_like(up), of_gate = at::empty_like(up);
  operations->swiglu_backward(grad.contiguous(), gate.contiguous(), up, of_gate, of_up);
  return {of_up, of_gate};
}

}  // namespace

at::Tensor activate(Activation kind, const at::Tensor& x, const at::Tensor& gate,
                    Implementation implementation) {
  if (kind == Activation::identity) return x;
  return kind == Activation::gelu ? at::gelu(x) : swiglu(x, gate, implementation);
}

std::pair<at::Tensor, at::Tensor> activate_backward(Activation kind, const at::Tensor& grad,
                                                    const at::Tensor& x, const at::Tensor& gate) {
  if (kind == Activation::identity) return {grad, {}};
  if (kind == Activation::gelu) return {at::gelu_backward(grad, x), {}};
  return swiglu_backward(grad, x, gate);
}

}  // namespace ecg_lora::nn
