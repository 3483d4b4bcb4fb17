// Shape helpers around fused attention. B rows, S tokens, H heads, K key/value heads, d head size.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>

#include "ecg_lora/nn/layers/implementation.h"

namespace ecg_lora::nn {

/// [..., heads * d] to [..., heads, d].
inline at::Tensor separate_heads(const at::Tensor& x, std::int64_t heads) {
  return x.unflatten(-1, {heads, x.size(-1) / heads});
}

/// [B, S, heads * d] to [B, heads, S, d].
inline at::Tensor split_heads(const at::Tensor& x, std::int64_t heads) {
  return separate_heads(x, heads).transpose(1, 2);
}

/// [B, heads, S, d] to [B, S, heads * d].
inline at::Tensor join_heads(const at::Tensor& x) {
  return x.transpose(1, 2).flatten(2);
}

/// Up to so many keys libtorch's backward pass in bf16 on the CPU takes up to four times as long as
/// the one in fp32, with the conversions around it (measured with AMX): that is the one that
/// attend() takes.
constexpr std::int64_t kFewKeys = 256;

/// softmax(q k^T / sqrt(d)) v with the fused kernel of the device; each key/value head serves H / K
/// query heads in a row. q [B, H, S, d]; k, v [B, K, L, d]; `mask` [B, 1, S, L] bool, true: the
/// query may attend to the key. On the CPU and without a mask, keys and values are kept for the
/// backward pass once for each key/value head.
at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                  const std::optional<at::Tensor>& mask = std::nullopt, bool causal = false,
                  Implementation implementation = Implementation::fused);

}  // namespace ecg_lora::nn
