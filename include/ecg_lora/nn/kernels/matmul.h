// Matrix products in the dtype of their operands, 16-bit ones included where the processor has
// no instructions for them.
#pragma once

#include <ATen/ATen.h>

namespace ecg_lora::nn {

/// Whether x is on a CPU that has no instructions for products of its 16-bit dtype, where
/// libtorch's take ten to thirty times as long as those in fp32. Those below are then computed in
/// fp32 and rounded once.
bool lacks_matmul_instructions(const at::Tensor& x);

/// x [..., W] as [N, W].
inline at::Tensor rows_of(const at::Tensor& x) {
  return x.reshape({-1, x.size(-1)});
}

/// x [..., in] times the transpose of weight [out, in], and the bias where it is defined. The graph
/// keeps what at::linear() would.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);
/// a [..., K] times b [K, N]; not for the graph.
at::Tensor matmul(const at::Tensor& a, const at::Tensor& b);
/// y [M, N] += factor * a [M, K] times b [K, N]; not for the graph.
void add_matmul(at::Tensor y, const at::Tensor& a, const at::Tensor& b, double factor);

}  // namespace ecg_lora::nn
