// Shape helpers around fused attention. B rows, S tokens, H heads, K key/value heads, d head size.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <optional>

namespace ecg_lora::nn {

/// [..., heads * d] to [..., heads, d].
inline at::Tensor separate_heads(const at::Tensor& x, std::int64_t heads) { return x.unflatten(-1, {heads, x.size(-1) / heads}); }

/// [B, S, heads * d] to [B, heads, S, d].
inline at::Tensor split_heads(const at::Tensor& x, std::int64_t heads) { return separate_heads(x, heads).transpose(1, 2); }

/// [B, heads, S, d] to [B, S, heads * d].
inline at::Tensor join_heads(const at::Tensor& x) { return x.transpose(1, 2).flatten(2); }

/// [B, K, S, d] to [B, H, S, d]: each key/value head serves H / K query heads in a row.
inline at::Tensor repeat_heads(const at::Tensor& x, std::int64_t heads) {
  if (x.size(1) == heads) return x;
  return x.unsqueeze(2).expand({-1, -1, heads / x.size(1), -1, -1}).flatten(1, 2);
}

/// The same as attend() without its copy of keys and values for each query head: the query heads that share a key/value head become one run of queries, and
/// the mask, where there is one, is repeated for each.
inline at::Tensor attend_shared(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const std::optional<at::Tensor>& allowed) {
  const auto share = q.size(1) / k.size(1);
  const auto runs = q.reshape({q.size(0), k.size(1), share * q.size(2), q.size(3)});
  const bool repeated = allowed && allowed->size(2) > 1;
  const auto mask = repeated ? std::make_optional(allowed->repeat({1, 1, share, 1})) : allowed;
  return at::scaled_dot_product_attention(runs, k, v, mask).reshape(q.sizes());
}

/// softmax(q k^T / sqrt(d)) v with the fused kernel of the device. q [B, H, S, d]; k, v [B, K, L, d]; `allowed` [B, 1, S, L] bool.
inline at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                         const std::optional<at::Tensor>& allowed = std::nullopt, bool causal = false) {
  if (!causal && q.size(1) != k.size(1) && (!allowed || !at::GradMode::is_enabled())) return attend_shared(q, k, v, allowed);
  return at::scaled_dot_product_attention(q, repeat_heads(k, q.size(1)), repeat_heads(v, q.size(1)), allowed,
                                          /*dropout_p=*/0.0, causal);
}

}  // namespace ecg_lora::nn
