#include "vision.h"

#include <ATen/record_function.h>

#include <algorithm>
#include <utility>

#include "ecg_lora/base/error.h"
#include "ecg_lora/nn/kernels/matmul.h"
#include "ecg_lora/nn/layers/activation_checkpointing.h"
#include "tile_pattern.h"

namespace ecg_lora::model {
namespace {

constexpr double kLayerNormEps =
    1e-5;  ///< of layernorm_pre and layernorm_post, which take no eps from the config

}  // namespace

VisionMlpImpl::VisionMlpImpl(std::int64_t width, std::int64_t intermediate,
                             const LayerOptions& options) {
  fc1_ = register_module("fc1", make_linear(width, intermediate, true, options));
  fc2_ = register_module("fc2", make_linear(intermediate, width, true, options));
}

VisionLayerImpl::VisionLayerImpl(const VisionConfig& config, bool gated,
                                 const LayerOptions& options) {
  const auto width = config.hidden_size;
  self_attn_ = register_module("self_attn", VisionAttention(width, config.heads, options));
  mlp_ = register_module("mlp", VisionMlp(width, config.intermediate_size, options));
  input_layernorm_ =
      register_module("input_layernorm", nn::LayerNorm(width, config.norm_eps, options.tensors));
  post_attention_layernorm_ = register_module(
      "post_attention_layernorm", nn::LayerNorm(width, config.norm_eps, options.tensors));
  if (!gated) return;
  gate_attn_ = register_parameter("gate_attn", at::empty({1}, options.tensors), false);
  gate_ffn_ = register_parameter("gate_ffn", at::empty({1}, options.tensors), false);
}

at::Tensor VisionLayerImpl::forward(const at::Tensor& x, std::int64_t real) {
  const auto attended = self_attn_(input_layernorm_(x), real);
  const auto middle =
      gate_attn_.defined() ? at::addcmul(x, attended, gate_attn_.tanh()) : x + attended;
  const auto fed = mlp_(post_attention_layernorm_(middle));
  return gate_ffn_.defined() ? at::addcmul(middle, fed, gate_ffn_.tanh()) : middle + fed;
}

VisionEncoderImpl::VisionEncoderImpl(const VisionConfig& config, std::int64_t count, bool gated,
                                     const LayerOptions& options) {
  layers = register_module("layers", torch::nn::ModuleList());
  for (std::int64_t i = 0; i < count; ++i) layers->push_back(VisionLayer(config, gated, options));
}

TileEmbeddingImpl::TileEmbeddingImpl(const VisionConfig& config, const LayerOptions& options)
    : tiles_(config.max_tiles) {
  const auto rows = static_cast<std::int64_t>(config.aspect_ratios.size()) + 1;
  embedding_ = register_module("embedding",
                               nn::Embedding(rows, tiles_ * config.hidden_size, options.tensors));
  gate_ = register_parameter("gate", at::empty({1}, options.tensors), false);
}

at::Tensor TileEmbeddingImpl::forward(const at::Tensor& aspect_ratio_id) {
  return embedding_(aspect_ratio_id).view({aspect_ratio_id.size(0), tiles_, 1, -1}) * gate_.tanh();
}

PositionEmbeddingImpl::PositionEmbeddingImpl(const VisionConfig& config,
                                             const LayerOptions& options)
    : tiles_(config.max_tiles), patches_(config.patches()) {
  const auto rows = static_cast<std::int64_t>(config.aspect_ratios.size()) + 1;
  embedding_ = register_parameter(
      "embedding", at::empty({patches_, config.hidden_size}, options.tensors), false);
  tile_embedding_ =
      register_module("tile_embedding",
                      nn::Embedding(rows, tiles_ * patches_ * config.hidden_size, options.tensors));
  gate_ = register_parameter("gate", at::empty({1}, options.tensors), false);
}

at::Tensor PositionEmbeddingImpl::forward(const at::Tensor& aspect_ratio_id) {
  const auto gate = gate_.tanh();
  const auto tiles =
      tile_embedding_(aspect_ratio_id).view({aspect_ratio_id.size(0), tiles_, patches_, -1});
  return (1 - gate) * embedding_ + gate * tiles;
}

PatchEmbeddingImpl::PatchEmbeddingImpl(const VisionConfig& config, const LayerOptions& options) {
  const auto p = config.patch_size;
  weight = register_parameter(
      "weight", at::empty({config.hidden_size, config.channels, p, p}, options.tensors), false);
}

at::Tensor PatchEmbeddingImpl::forward(const at::Tensor& pixels) {
  const auto n = pixels.size(0), channels = pixels.size(1), p = weight.size(2);
  const auto rows = pixels.size(2) / p, columns = pixels.size(3) / p;
  const auto patches = pixels.view({n, channels, rows, p, columns, p}).permute({0, 2, 4, 1, 3, 5});
  return nn::linear(patches.reshape({n, rows * columns, channels * p * p}), weight.flatten(1), {});
}

VisionModelImpl::VisionModelImpl(const VisionConfig& config, const LayerOptions& options)
    : config_(config) {
  const auto width = config.hidden_size;
  patch_embedding_ = register_module("patch_embedding", PatchEmbedding(config, options));
  class_embedding_ =
      register_parameter("class_embedding", at::empty({width}, options.tensors), false);
  gated_positional_embedding_ =
      register_module("gated_positional_embedding", PositionEmbedding(config, options));
  pre_tile_positional_embedding_ =
      register_module("pre_tile_positional_embedding", TileEmbedding(config, options));
  post_tile_positional_embedding_ =
      register_module("post_tile_positional_embedding", TileEmbedding(config, options));
  layernorm_pre_ =
      register_module("layernorm_pre", nn::LayerNorm(width, kLayerNormEps, options.tensors));
  layernorm_post_ =
      register_module("layernorm_post", nn::LayerNorm(width, kLayerNormEps, options.tensors));
  transformer_ =
      register_module("transformer", VisionEncoder(config, config.local_layers, false, options));
  global_transformer_ = register_module("global_transformer",
                                        VisionEncoder(config, config.global_layers, true, options));
}

/// Patches with class token and positions, normalised: [I, T, P, D].
at::Tensor VisionModelImpl::embed(const at::Tensor& pixels, const at::Tensor& aspect_ratio_id) {
  const auto images = pixels.size(0), tiles = pixels.size(1), width = config_.hidden_size;
  auto x = patch_embedding_(pixels.flatten(0, 1).to(class_embedding_.scalar_type()));
  x = x.view({images, tiles, -1, width}) + pre_tile_positional_embedding_(aspect_ratio_id);
  x = at::cat({class_embedding_.expand({images, tiles, 1, width}), x}, 2);
  return layernorm_pre_(x + gated_positional_embedding_(aspect_ratio_id));
}

/// The layers of `encoder`; the states that config asks for are appended to `kept`.
at::Tensor VisionModelImpl::run(VisionEncoder& encoder, at::Tensor x, std::int64_t real,
                                std::vector<at::Tensor>* kept) {
  const auto count = static_cast<std::int64_t>(encoder->layers->size());
  std::vector<at::Tensor> states(static_cast<std::size_t>(count));
  const bool entering = config_.states == VisionStates::entering;
  for (std::int64_t i = 0; i < count; ++i) {
    auto* layer = encoder->layers[static_cast<std::size_t>(i)]->as<VisionLayer>();
    // A kept state feeds more than the next layer: nn::checkpointed() asks for a view.
    const auto call = [layer, real](const at::Tensor& in, const at::Tensor&) {
      return layer->forward(in.view_as(in), real);
    };
    if (kept && entering) states[static_cast<std::size_t>(i)] = x;
    x = checkpointing_ > 0 && i % checkpointing_ == 0
            ? nn::checkpointed(call, x, {}, layer->parameters())
            : call(x, {});
    if (observer_)
      observer_(cat("vision_model.", kept ? "" : "global_", "transformer.layers.", i), x);
    if (kept && !entering) states[static_cast<std::size_t>(i)] = x;
    const auto& wanted = config_.intermediate_layers;
    if (std::find(wanted.begin(), wanted.end(), i) == wanted.end())
      states[static_cast<std::size_t>(i)] = at::Tensor();
  }
  if (kept)
    for (const auto index : config_.intermediate_layers)
      kept->push_back(states[static_cast<std::size_t>(index)]);
  return x;
}

/// Images that use the same tiles.
at::Tensor VisionModelImpl::encode(const at::Tensor& pixels, const at::Tensor& aspect_ratio_id,
                                   const std::vector<bool>& tile_used) {
  const auto patches = config_.patches(), padded = (patches + 7) / 8 * 8;
  const auto tokens = token_order(tile_used, patches, padded, pixels.device());
  auto x = at::constant_pad_nd(embed(pixels, aspect_ratio_id), {0, 0, 0, padded - patches})
               .flatten(1, 2)
               .index_select(1, tokens.order);

  std::vector<at::Tensor> kept;
  x = run(transformer_, x, tokens.real, &kept);
  x = layernorm_post_(x) +
      post_tile_positional_embedding_(aspect_ratio_id).squeeze(2).index_select(1, tokens.tiles);
  x = run(global_transformer_, x, tokens.real, nullptr);

  const auto unpad = [&](const at::Tensor& state) { return state.index_select(1, tokens.patches); };
  if (kept.empty()) return unpad(x);
  return at::cat({unpad(x), unpad(at::stack(kept, -1).flatten(2))}, -1);
}

at::Tensor VisionModelImpl::forward(const at::Tensor& pixels, const at::Tensor& aspect_ratio_id,
                                    const at::Tensor& aspect_ratio_mask) {
  RECORD_USER_SCOPE("vision tower");
  const auto patterns = tile_patterns(aspect_ratio_mask);
  if (patterns.size() == 1) return encode(pixels, aspect_ratio_id, patterns.begin()->first);
  std::vector<at::Tensor> parts, images;
  for (const auto& [used, members] : patterns) {
    images.push_back(at::tensor(members, at::kLong).to(pixels.device(), /*non_blocking=*/true));
    parts.push_back(encode(pixels.index_select(0, images.back()),
                           aspect_ratio_id.index_select(0, images.back()), used));
  }
  return at::cat(parts).index_select(0, at::cat(images).argsort());
}

}  // namespace ecg_lora::model
