// The activations between the linears of an MLP.
#pragma once

#include <ATen/ATen.h>

#include <utility>

#include "ecg_lora/nn/layers/implementation.h"

namespace ecg_lora::nn {

/// identity: x. gelu: x Phi(x), exact (Hendrycks and Gimpel 2016, arXiv 1606.08415). swiglu:
/// silu(gate) * x (Shazeer 2020, arXiv 2002.05202).
enum class Activation { identity, gelu, swiglu };

/// The activation of x [...]; `gate` has x's shape and is used by swiglu only. SwiGLU is fused if
/// `implementation` says so and the graph does not record it.
at::Tensor activate(Activation kind, const at::Tensor& x, const at::Tensor& gate,
                    Implementation implementation = Implementation::fused);

/// Gradients of x and of gate, given `grad` [...], that of activate(kind, x, gate). That of gate is
/// undefined for kinds without one. Not for the graph.
std::pair<at::Tensor, at::Tensor> activate_backward(Activation kind, const at::Tensor& grad,
                                                    const at::Tensor& x, const at::Tensor& gate);

}  // namespace ecg_lora::nn
