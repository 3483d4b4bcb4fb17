#include <ATen/record_function.h>

#include "decoder.h"
#include "ecg_lora/nn/layers/attention.h"

namespace ecg_lora::model {
namespace {

struct Projections {
  nn::Linear q, k, v, o;
};

Projections projections(torch::nn::Module& owner, const TextConfig& config,
                        const LayerOptions& options) {
  const auto width = config.hidden_size, kv = config.kv_heads * config.head_size();
  return {owner.register_module("q_proj", make_linear(width, width, false, options)),
          owner.register_module("k_proj", make_linear(width, kv, false, options)),
          owner.register_module("v_proj", make_linear(width, kv, false, options)),
          owner.register_module("o_proj", make_linear(width, width, false, options))};
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

/// q [B, H, S, d] over the images of its rows, to [B, H, S, d]. k, v [I, K, N, d] if rows are
/// grouped by their image, else [B, K, M*N, d].
at::Tensor attend_to_images(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const CrossContext& context, nn::Implementation implementation) {
  auto mask = context.attention_mask;
  const auto g = context.grouped;
  if (g == 0) {
    if (mask) mask = mask->unsqueeze(1);
    return nn::attend(q, k, v, mask, /*causal=*/false, implementation);
  }
  if (mask) mask = mask->view({q.size(0) / g, 1, g * q.size(2), -1});
  return ungroup_rows(nn::attend(group_rows(q, g), k, v, mask, /*causal=*/false, implementation),
                      g);
}

/// Puts keys or values x [B, K, S, d] behind the `past` ones in `cached`, which is allocated for
/// `room` of them, and returns all.
at::Tensor append(at::Tensor& cached, const at::Tensor& x, const SelfContext& context) {
  if (!cached.defined())
    cached = at::empty({x.size(0), x.size(1), context.room, x.size(3)}, x.options());
  cached.narrow(2, context.past, x.size(2)).copy_(x);
  return context.past == 0 ? x : cached.narrow(2, 0, context.past + x.size(2));
}

}  // namespace

SelfAttentionImpl::SelfAttentionImpl(const TextConfig& config, const LayerOptions& options)
    : heads_(config.heads), kv_heads_(config.kv_heads) {
  auto p = projections(*this, config, options);
  q_proj_ = p.q, k_proj_ = p.k, v_proj_ = p.v, o_proj_ = p.o;
}

at::Tensor SelfAttentionImpl::forward(const at::Tensor& x, const SelfContext& context,
                                      const TokenSelection& selection, Cache::Layer* cache) {
  RECORD_USER_SCOPE("self-attention");
  const auto rotated = [&](const at::Tensor& projected, std::int64_t heads) {
    return nn::rotate(nn::split_heads(selection.scatter(projected), heads), context.rotation,
                      implementation());
  };
  const auto q = rotated(q_proj_(x), heads_);
  auto k = rotated(k_proj_(x), kv_heads_);
  auto v = nn::split_heads(selection.scatter(v_proj_(x)), kv_heads_);
  if (cache) k = append(cache->keys, k, context), v = append(cache->values, v, context);
  return o_proj_(selection.pick(nn::join_heads(
      nn::attend(q, k, v, context.attention_mask, context.causal, implementation()))));
}

CrossAttentionImpl::CrossAttentionImpl(const TextConfig& config, const LayerOptions& options)
    : heads_(config.heads), kv_heads_(config.kv_heads) {
  auto p = projections(*this, config, options);
  q_proj_ = p.q, k_proj_ = p.k, v_proj_ = p.v, o_proj_ = p.o;
  q_norm_ = register_module("q_norm",
                            nn::RmsNorm(config.head_size(), config.rms_norm_eps, options.tensors));
  k_norm_ = register_module("k_norm",
                            nn::RmsNorm(config.head_size(), config.rms_norm_eps, options.tensors));
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
  return o_proj_(
      selection.pick(nn::join_heads(attend_to_images(q, k, v, context, implementation()))));
}

}  // namespace ecg_lora::model
