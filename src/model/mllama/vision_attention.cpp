// Attention of the vision tower without a dense mask.
#include "ecg_lora/nn/layers/attention.h"
#include "vision.h"

namespace ecg_lora::model {
namespace {

/// q, k, v [I, H, N, d] to [I, N, D]: the first `real` queries see all keys, the others the real
/// ones.
at::Tensor attend_padded(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                         std::int64_t real, nn::Implementation implementation) {
  const auto tokens = q.size(2);
  // The reference adds the lowest number to every score of a wholly unused image, which leaves
  // plain averages.
  if (real == 0) return nn::join_heads(v.mean(2, /*keepdim=*/true).expand_as(q));
  const auto attended = [implementation](const at::Tensor& queries, const at::Tensor& keys,
                                         const at::Tensor& values) {
    return nn::join_heads(
        nn::attend(queries, keys, values, std::nullopt, /*causal=*/false, implementation));
  };
  if (real == tokens) return attended(q, k, v);
  const auto first = [real](const at::Tensor& x) { return x.narrow(2, 0, real); };
  return at::cat(
      {attended(first(q), k, v), attended(q.narrow(2, real, tokens - real), first(k), first(v))},
      1);
}

}  // namespace

VisionAttentionImpl::VisionAttentionImpl(std::int64_t width, std::int64_t heads,
                                         const LayerOptions& options)
    : heads_(heads) {
  q_proj_ = register_module("q_proj", make_linear(width, width, false, options));
  k_proj_ = register_module("k_proj", make_linear(width, width, false, options));
  v_proj_ = register_module("v_proj", make_linear(width, width, false, options));
  o_proj_ = register_module("o_proj", make_linear(width, width, false, options));
}

at::Tensor VisionAttentionImpl::forward(const at::Tensor& x, std::int64_t real) {
  const auto q = nn::split_heads(q_proj_(x), heads_), k = nn::split_heads(k_proj_(x), heads_),
             v = nn::split_heads(v_proj_(x), heads_);
  return o_proj_(attend_padded(q, k, v, real, implementation()));
}

}  // namespace ecg_lora::model
