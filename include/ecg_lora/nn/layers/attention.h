// Attention of several heads, and the shapes around it. B rows, S queries, L keys, H heads, K
// key/value heads (H is a multiple of K), d head size.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>

#include "ecg_lora/nn/layers/implementation.h"

namespace ecg_lora::nn {

/// [..., heads * d] to [..., heads, d], a view.
inline at::Tensor separate_heads(const at::Tensor& x, std::int64_t heads) {
  return x.unflatten(-1, {heads, x.size(-1) / heads});
}

/// [B, S, heads * d] to [B, heads, S, d], a view.
inline at::Tensor split_heads(const at::Tensor& x, std::int64_t heads) {
  return separate_heads(x, heads).transpose(1, 2);
}

/// [B, heads, S, d] to [B, S, heads * d].
inline at::Tensor join_heads(const at::Tensor& x) {
  return x.transpose(1, 2).flatten(2);
}

/// softmax(q k^T / sqrt(d)) v (Vaswani et al. 2017, arXiv 1706.03762) [B, H, S, d] in q's dtype.
/// q [B, H, S, d]; k, v [B, K, L, d]: each key/value head serves H / K consecutive query heads
/// (Ainslie et al. 2023, arXiv 2305.13245).
///   `mask`    [B, 1, S, L] bool, true: the query may attend to the key. Each query must have one.
///   `causal`  query i attends to keys 0 to i; with S = L, and not together with a mask.
/// Fused on the CPU, in fp32 or bf16 and without a mask, keys and values are kept for the backward
/// pass once per key/value head, not once per head. c10::Error if shapes do not go together.
at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                  const std::optional<at::Tensor>& mask = std::nullopt, bool causal = false,
                  Implementation implementation = Implementation::fused);

/// Whether the backward pass of a fused attend() in bf16 on the CPU is computed in fp32, which
/// takes copies of its operands: if there are few keys, libtorch's pass in bf16 takes up to four
/// times as long as that in fp32 with the conversions around it (measured with AMX).
bool backward_in_fp32(std::int64_t keys);

}  // namespace ecg_lora::nn
