#include "decoder.h"

#include <ATen/record_function.h>

#include "ecg_lora/base/error.h"
#include "ecg_lora/nn/layers/activation_checkpointing.h"

namespace ecg_lora::model {
namespace {

at::Tensor feed(TextMlp& mlp, const at::Tensor& x) {
  RECORD_USER_SCOPE("decoder MLP");
  return mlp(x);
}

}  // namespace

at::Tensor TokenSelection::scatter(const at::Tensor& x) const {
  if (!in.defined()) return x;
  return at::zeros({rows * length, x.size(-1)}, x.options())
      .index_copy(0, in, x)
      .view({rows, length, -1});
}

TextMlpImpl::TextMlpImpl(const TextConfig& config, const LayerOptions& options) {
  const auto width = config.hidden_size, inner = config.intermediate_size;
  gate_proj_ = register_module("gate_proj", make_linear(width, inner, false, options));
  up_proj_ = register_module("up_proj", make_linear(width, inner, false, options));
  down_proj_ = register_module("down_proj", make_linear(inner, width, false, options));
}

SelfLayerImpl::SelfLayerImpl(const TextConfig& config, const LayerOptions& options) {
  const auto width = config.hidden_size;
  self_attn_ = register_module("self_attn", SelfAttention(config, options));
  mlp_ = register_module("mlp", TextMlp(config, options));
  input_layernorm_ =
      register_module("input_layernorm", nn::RmsNorm(width, config.rms_norm_eps, options.tensors));
  post_attention_layernorm_ = register_module(
      "post_attention_layernorm", nn::RmsNorm(width, config.rms_norm_eps, options.tensors));
}

at::Tensor SelfLayerImpl::forward(const at::Tensor& x, const SelfContext& context,
                                  const TokenSelection& selection, Cache::Layer* cache) {
  const auto middle =
      selection.keep(x) + self_attn_(input_layernorm_(x), context, selection, cache);
  return middle + feed(mlp_, post_attention_layernorm_(middle));
}

CrossLayerImpl::CrossLayerImpl(const TextConfig& config, const LayerOptions& options) {
  const auto width = config.hidden_size;
  cross_attn_ = register_module("cross_attn", CrossAttention(config, options));
  mlp_ = register_module("mlp", TextMlp(config, options));
  input_layernorm_ =
      register_module("input_layernorm", nn::RmsNorm(width, config.rms_norm_eps, options.tensors));
  post_attention_layernorm_ = register_module(
      "post_attention_layernorm", nn::RmsNorm(width, config.rms_norm_eps, options.tensors));
  cross_attn_attn_gate_ =
      register_parameter("cross_attn_attn_gate", at::empty({1}, options.tensors), false);
  cross_attn_mlp_gate_ =
      register_parameter("cross_attn_mlp_gate", at::empty({1}, options.tensors), false);
}

at::Tensor CrossLayerImpl::forward(const at::Tensor& x, const CrossContext& context,
                                   const TokenSelection& selection, Cache::Layer* cache) {
  auto attn_gate = cross_attn_attn_gate_.tanh();
  if (context.has_image.defined())
    attn_gate = selection.pick((attn_gate * context.has_image).expand_as(context.sees));
  const auto middle = at::addcmul(
      selection.keep(x), cross_attn_(input_layernorm_(x), context, selection, cache), attn_gate);
  const auto fed = feed(mlp_, post_attention_layernorm_(middle));
  return at::addcmul(middle, fed, cross_attn_mlp_gate_.tanh() * selection.pick(context.sees));
}

DecoderImpl::DecoderImpl(const TextConfig& config, const LayerOptions& options) : config_(config) {
  // Eight rows beyond the vocabulary hold the image token (transformers, MllamaTextModel).
  embed_tokens_ = register_module(
      "embed_tokens", nn::Embedding(config.vocab_size + 8, config.hidden_size, options.tensors));
  layers_ = register_module("layers", torch::nn::ModuleList());
  for (std::int64_t i = 0; i < config.layers; ++i) {
    if (config.is_cross(i))
      layers_->push_back(CrossLayer(config, options));
    else
      layers_->push_back(SelfLayer(config, options));
  }
  norm_ = register_module("norm",
                          nn::RmsNorm(config.hidden_size, config.rms_norm_eps, options.tensors));
}

at::Tensor DecoderImpl::layer(std::int64_t index, const at::Tensor& x, const SelfContext& self,
                              const CrossContext& cross, const TokenSelection& selection,
                              Cache* cache) {
  auto* slot = cache ? &cache->layers[static_cast<std::size_t>(index)] : nullptr;
  auto module = layers_[static_cast<std::size_t>(index)];
  if (!config_.is_cross(index)) return module->as<SelfLayer>()->forward(x, self, selection, slot);
  return cross.row_images.defined() ? module->as<CrossLayer>()->forward(x, cross, selection, slot)
                                    : selection.keep(x);
}

bool DecoderImpl::is_checkpointed(std::int64_t index) const {
  const auto every = config_.is_cross(index) ? cross_checkpointing_ : self_checkpointing_;
  std::int64_t before = 0;  // layers of its kind
  for (std::int64_t i = 0; i < index; ++i) before += config_.is_cross(i) == config_.is_cross(index);
  return every > 0 && before % every == 0;
}

at::Tensor DecoderImpl::checkpointed_layer(std::int64_t index, const at::Tensor& x,
                                           const SelfContext& self, const CrossContext& cross,
                                           const TokenSelection& selection) {
  if (!is_checkpointed(index)) return layer(index, x, self, cross, selection, nullptr);
  const auto call = [this, index, self, cross, selection](const at::Tensor& in,
                                                          const at::Tensor& image_states) {
    auto context = cross;
    context.image_states = image_states;
    return layer(index, in, self, context, selection, nullptr);
  };
  return nn::checkpointed(call, x, config_.is_cross(index) ? cross.image_states : at::Tensor(),
                          layers_[static_cast<std::size_t>(index)]->parameters());
}

at::Tensor DecoderImpl::forward(const at::Tensor& tokens, const SelfContext& self,
                                const CrossContext& cross, Cache* cache) {
  const TokenSelection all;
  auto x = embed_tokens_(tokens);
  for (std::int64_t i = 0; i < config_.layers; ++i) {
    x = cache ? layer(i, x, self, cross, all, cache) : checkpointed_layer(i, x, self, cross, all);
    if (observer_) observer_(cat("language_model.model.layers.", i), x);
  }
  return norm_(x);
}

at::Tensor DecoderImpl::forward_at(const at::Tensor& tokens, const SelfContext& self,
                                   const CrossContext& cross, const at::Tensor& wanted,
                                   const at::Tensor& real) {
  const auto on_device = [&](const at::Tensor& positions) {
    return positions.defined() ? positions.to(tokens.device(), /*non_blocking=*/true) : positions;
  };
  const auto in = on_device(real);
  const TokenSelection between{tokens.size(0), tokens.size(1), in, in, {}};
  auto last = between;
  last.out = on_device(wanted);
  last.kept = on_device(real.defined() ? at::searchsorted(real, wanted) : wanted);
  auto x = embed_tokens_(in.defined() ? tokens.flatten().index_select(0, in) : tokens);
  for (std::int64_t i = 0; i < config_.layers; ++i)
    x = checkpointed_layer(i, x, self, cross, i + 1 < config_.layers ? between : last);
  return norm_(x);
}

LanguageModelImpl::LanguageModelImpl(const TextConfig& config, const LayerOptions& options) {
  model = register_module("model", Decoder(config, options));
  lm_head = register_module("lm_head",
                            make_linear(config.hidden_size, config.vocab_size, false, options));
}

}  // namespace ecg_lora::model
