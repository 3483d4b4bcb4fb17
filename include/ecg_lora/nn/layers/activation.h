// What stands between the linears of an MLP.
#pragma once

#include <ATen/ATen.h>

#include <utility>

namespace ecg_lora::nn {

/// none: x. gelu: x Phi(x), exact. swiglu: silu(gate) * x (Shazeer 2020, arXiv 2002.05202).
enum class Activation { none, gelu, swiglu };

/// The value; `gate` is used by swiglu only and has x's shape.
at::Tensor activate(Activation kind, const at::Tensor& x, const at::Tensor& gate);

/// Gradients of x and of gate, given that of the value.
std::pair<at::Tensor, at::Tensor> activate_backward(Activation kind, const at::Tensor& grad,
                                                    const at::Tensor& x, const at::Tensor& gate);

}  // namespace ecg_lora::nn
