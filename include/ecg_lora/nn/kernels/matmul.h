// Matrix products in the dtype of their operands, also where the processor has no instructions for
// 16-bit products. Operands of one call have one dtype and device; libtorch throws c10::Error if
// their shapes, dtypes or devices do not go together.
#pragma once

#include <ATen/ATen.h>

namespace ecg_lora::nn {

/// Whether x [...] is on a CPU that has no instructions for products of its 16-bit dtype, where
/// libtorch's take ten to thirty times as long as those in fp32. The products below are then
/// computed in fp32, a part of the weight at a time, and rounded once.
bool lacks_matmul_instructions(const at::Tensor& x);

/// x [..., W] as [N, W], N rows in order: a view if strides allow it.
inline at::Tensor rows_of(const at::Tensor& x) {
  return x.reshape({-1, x.size(-1)});
}

/// x [..., in] to x W^T + b [..., out], with weight W [out, in] and bias b [out] or undefined.
/// Differentiable once; the graph keeps what at::linear() would: x if W needs a gradient, W if x
/// does.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

/// a [..., K] times b [K, N] to [..., N]. Records nothing in the graph on a CPU that lacks
/// instructions: for operands that need no gradient.
at::Tensor matmul(const at::Tensor& a, const at::Tensor& b);

/// y [M, N] += factor * a [M, K] times b [K, N], in place. For operands that need no gradient.
void add_matmul(at::Tensor y, const at::Tensor& a, const at::Tensor& b, double factor);

}  // namespace ecg_lora::nn
