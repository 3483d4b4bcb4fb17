#include <ATen/record_function.h>

#include "decoder.h"
#include "ecg_lora/nn/layers/attention.h"

namespace ecg_lora::model {
namespace {

struct Projections {
  nn::Linear q, k, v, o;
};

Projections projections(torch::nn::Module& owner, const TextConfig& config,
                        const at::TensorOptions& options) {
  const auto width = config.hidden_size, kv = config.kv_heads * config.head_size();
  return {owner.register_module("q_proj", nn::Linear(width, width, false, options)),
          owner.register_module("k_proj", nn::Linear(width, kv, false, options)),
          owner.register_module("v_proj", nn::Linear(width, kv, false, options)),
          owner.register_module("o_proj", nn::Linear(width, width, false, options))};
}

/// Keys or values of the images of each row: x [I, K, N, d] to [B, K, M*N, d]. Rows without an
/// image borrow image 0; what they read is dropped by the caller.
at::Tensor of_rows(const at::Tensor& x, const at::Tensor& row_images) {
  const auto rows = row_images.size(0), most = row_images.size(1);
  const auto picked = x.index_select(0, row_images.clamp_min(0).flatten());
  return picked.view({rows, most, x.size(1), x.size(2), x.size(3)}).transpose(1, 2).flatten(2, 3);
}

/// [B, H, S, d] with B = I * g to [I, H, g*S, d]: the questions on one image become one run of
/// queries.
at::Tensor group_rows(const at::Tensor& x, std::int64_t g) {
  return x.view({x.size(0) / g, g, x.size(1), x.size(2), x.size(3)}).transpose(1, 2).flatten(2, 3);
}

at::Tensor ungroup_rows(const at::Tensor& x, std::int64_t g) {
  return x.view({x.size(0), x.size(1), g, -1, x.size(3)}).transpose(1, 2).flatten(0, 1);
}

/// Puts keys or values x [B, K, S, d] behind the `past` ones in `store`, which is allocated for
/// `room` of them, and returns all.
at::Tensor append(at::Tensor& store, const at::Tensor& x, const SelfContext& context) {
  if (!store.defined())
    store = at::empty({x.size(0), x.size(1), context.room, x.size(3)}, x.options());
  store.narrow(2, context.past, x.size(2)).copy_(x);
  return context.past == 0 ? x : store.narrow(2, 0, context.past + x.size(2));
}

}  // namespace

SelfAttentionImpl::SelfAttentionImpl(const TextConfig& config, const at::TensorOptions& options)
    : heads_(config.heads), kv_heads_(config.kv_heads) {
  auto p = projections(*this, config, options);
  q_proj_ = p.q, k_proj_ = p.k, v_proj_ = p.v, o_proj_ = p.o;
}

at::Tensor SelfAttentionImpl::forward(const at::Tensor& x, const SelfContext& context,
                                      const TokenSelection& selection, Cache::Layer* cache) {
  RECORD_USER_SCOPE("self-attention");
  const auto q =
      nn::rotate(nn::split_heads(selection.scatter(q_proj_(x)), heads_), context.rotation);
  auto k = nn::rotate(nn::split_heads(selection.scatter(k_proj_(x)), kv_heads_), context.rotation);
  auto v = nn::split_heads(selection.scatter(v_proj_(x)), kv_heads_);
  if (cache) k = append(cache->keys, k, context), v = append(cache->values, v, context);
  return o_proj_(
      selection.pick(nn::join_heads(nn::attend(q, k, v, context.attention_mask, context.causal))));
}

CrossAttentionImpl::CrossAttentionImpl(const TextConfig& config, const at::TensorOptions& options)
    : heads_(config.heads), kv_heads_(config.kv_heads) {
  auto p = projections(*this, config, options);
  q_proj_ = p.q, k_proj_ = p.k, v_proj_ = p.v, o_proj_ = p.o;
  q_norm_ =
      register_module("q_norm", nn::RmsNorm(config.head_size(), config.rms_norm_eps, options));
  k_norm_ =
      register_module("k_norm", nn::RmsNorm(config.head_size(), config.rms_norm_eps, options));
}

at::Tensor CrossAttentionImpl::forward(const at::Tensor& x, const CrossContext& context,
                                       const TokenSelection& selection, Cache::Layer* cache) {
  RECORD_USER_SCOPE("cross-attention");
  const auto q = nn::split_heads(
      selection.scatter(q_norm_(nn::separate_heads(q_proj_(x), heads_)).flatten(-2)), heads_);
  at::Tensor k, v;
  if (cache && cache->keys.defined()) {
    k = cache->keys, v = cache->values;
  } else {
    const auto states =
        context.image_states.view_as(context.image_states);  // nn::checkpointed() asks for a view
    k = k_norm_(nn::separate_heads(k_proj_(states), kv_heads_)).transpose(1, 2);
    v = nn::split_heads(v_proj_(states), kv_heads_);
    if (context.grouped == 0)
      k = of_rows(k, context.row_images), v = of_rows(v, context.row_images);
    if (cache) cache->keys = k, cache->values = v;
  }
  at::Tensor attended;
  if (const auto g = context.grouped; g > 0) {
    const auto mask = context.attention_mask ? std::make_optional(context.attention_mask->view(
                                                   {q.size(0) / g, 1, g * q.size(2), -1}))
                                             : std::nullopt;
    attended = ungroup_rows(nn::attend(group_rows(q, g), k, v, mask), g);
  } else {
    attended =
        nn::attend(q, k, v,
                   context.attention_mask ? std::make_optional(context.attention_mask->unsqueeze(1))
                                          : std::nullopt);
  }
  return o_proj_(selection.pick(nn::join_heads(attended)));
}

}  // namespace ecg_lora::model
