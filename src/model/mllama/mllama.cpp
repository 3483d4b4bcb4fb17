#include "ecg_lora/model/mllama/mllama.h"

#include <torch/cuda.h>

#include "decoder.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/model/mllama/token_tree.h"
#include "vision.h"

namespace ecg_lora::model {
namespace {

/// What the tokens of `mask` [B, L] from `past` on see, [B, 1, L - past, L]: real tokens that are
/// not later than themselves. A padding token sees itself, so that no softmax is over nothing; no
/// real token sees padding.
at::Tensor earlier_tokens(const at::Tensor& mask, std::int64_t past) {
  const auto key = at::arange(mask.size(1), mask.options().dtype(at::kLong)),
             query = key.slice(0, past).unsqueeze(1);
  return key.le(query)
      .logical_and(mask.to(at::kBool).unsqueeze(1))
      .logical_or(key.eq(query))
      .unsqueeze(1);
}

}  // namespace

std::int64_t rows_per_image(const at::Tensor& row_images, std::int64_t images) {
  const auto rows = row_images.size(0);
  if (row_images.size(1) != 1 || images == 0 || rows % images != 0) return 0;
  const auto expected = at::arange(images, row_images.options()).repeat_interleave(rows / images);
  return row_images.flatten().equal(expected) ? rows / images : 0;
}

at::Tensor visible_tiles(const data::Batch& batch) {
  const auto tiles = batch.cross_mask.flatten(2), present = batch.row_images.ge(0);
  const auto own = present.repeat_interleave(tiles.size(2) / present.size(1), 1).unsqueeze(1);
  const auto none = present.any(1).logical_not().view({-1, 1, 1});
  return tiles.logical_or(
      tiles.any(2, /*keepdim=*/true).logical_not().logical_and(own.logical_or(none)));
}

MllamaImpl::MllamaImpl(const ModelConfig& config, const at::TensorOptions& tensors,
                       nn::WeightMemory linears)
    : config_(config) {
  const LayerOptions options{tensors, linears};
  const auto& rope = config.text.rope;
  rope_frequencies_ =
      nn::rope_frequencies(config.text.head_size(), rope.theta, rope.factor, rope.low_freq_factor,
                           rope.high_freq_factor, rope.original_context)
          .to(tensors.device());
  vision_model_ =
      register_module("vision_model", std::make_shared<VisionModelImpl>(config.vision, options));
  multi_modal_projector_ = register_module(
      "multi_modal_projector",
      make_linear(config.vision.output_size(), config.text.hidden_size, true, options));
  language_model_ =
      register_module("language_model", std::make_shared<LanguageModelImpl>(config.text, options));
}

at::Tensor MllamaImpl::encode_images(const data::Batch& batch) {
  if (!batch.pixels.defined() || batch.pixels.size(0) == 0) return {};
  const auto pixels = to_device(batch.pixels), ids = to_device(batch.aspect_ratio_id);
  auto states =
      multi_modal_projector_(vision_model_->forward(pixels, ids, batch.aspect_ratio_mask));
  if (observer_) observer_("multi_modal_projector", states);
  return states;
}

SelfContext MllamaImpl::self_context(const data::Batch& batch) const {
  SelfContext context;
  context.rotation = nn::make_rotation(rope_frequencies_, 0, batch.tokens.size(1), dtype());
  const auto& mask = batch.attention_mask;
  // Padding on the right lies in the future of every real token: plain causal attention never sees
  // it.
  const auto steps = mask.slice(1, 1) - mask.slice(1, 0, -1);
  if (!steps.gt(0).any().item<bool>()) {
    context.causal = mask.size(1) > 1;
    return context;
  }
  context.attention_mask = earlier_tokens(to_device(mask), 0);
  return context;
}

SelfContext MllamaImpl::cached_context(const data::Batch& batch, Cache& cache) const {
  const auto count = batch.tokens.size(1), past = cache.length;
  if (past + count > cache.capacity)
    throw_usage("a cache for ", cache.capacity, " tokens is asked to hold ", past + count,
                "; make it as large as prompt and answer together");
  if (past == 0)
    cache.attention_mask = at::zeros({batch.rows(), cache.capacity},
                                     at::TensorOptions().dtype(at::kBool).device(device()));
  cache.attention_mask.narrow(1, past, count).copy_(batch.attention_mask);
  cache.length += count;
  if (past == 0) cache.padded = batch.attention_mask.eq(0).any().item<bool>();
  auto context = past == 0 ? self_context(batch) : SelfContext();
  context.past = past, context.room = cache.capacity;
  if (past == 0) return context;
  context.rotation = nn::make_rotation(rope_frequencies_, past, count, dtype());
  const auto mask = cache.attention_mask.narrow(1, 0, cache.length);
  if (count > 1)
    context.attention_mask = earlier_tokens(mask, past);
  else if (cache.padded)
    context.attention_mask = mask.unsqueeze(1).unsqueeze(1);
  return context;
}

CrossContext MllamaImpl::cross_context(const data::Batch& batch,
                                       const at::Tensor& image_states) const {
  CrossContext context;
  if (!batch.row_images.defined() || batch.row_images.lt(0).all().item<bool>()) return context;
  context.image_states = image_states;
  context.row_images = to_device(batch.row_images);
  const auto images = image_states.defined() ? image_states.size(0)
                                             : batch.row_images.max().item<std::int64_t>() + 1;
  context.grouped = rows_per_image(batch.row_images, images);
  if (const auto tiles = visible_tiles(batch); !tiles.all().item<bool>())
    context.attention_mask = to_device(tiles).repeat_interleave(config_.vision.patches(), 2);
  context.sees = to_device(batch.cross_mask.flatten(2).any(2, /*keepdim=*/true)).to(dtype());
  const auto has_image = batch.row_images.ge(0).any(1).view({-1, 1, 1});
  if (!has_image.all().item<bool>()) context.has_image = to_device(has_image).to(dtype());
  return context;
}

at::Tensor MllamaImpl::hidden(const data::Batch& batch, const at::Tensor& image_states,
                              Cache* cache) {
  if (!cache)
    return language_model_->model(to_device(batch.tokens), self_context(batch),
                                  cross_context(batch, image_states), nullptr);
  cache->layers.resize(static_cast<std::size_t>(config_.text.layers));
  const bool one = cache->length > 0 && batch.tokens.size(1) == 1;
  const auto self = cached_context(batch, *cache);
  const auto cross = one && cache->single_token
                         ? cache->single_token
                         : std::make_shared<const CrossContext>(cross_context(batch, image_states));
  if (one) cache->single_token = cross;
  return language_model_->model(to_device(batch.tokens), self, *cross, cache);
}

at::Tensor MllamaImpl::hidden(const data::Batch& batch, const at::Tensor& image_states,
                              const TokenTree& tree) {
  SelfContext self;
  self.rotation = nn::make_rotation(rope_frequencies_, to_device(tree.positions), dtype());
  self.attention_mask = to_device(tree.ancestors).unsqueeze(1);
  return language_model_->model(to_device(batch.tokens), self, cross_context(batch, image_states),
                                nullptr);
}

at::Tensor MllamaImpl::hidden_at(const data::Batch& batch, const at::Tensor& image_states,
                                 const at::Tensor& positions) {
  const auto real = batch.attention_mask.flatten().nonzero().flatten();
  const bool padded = real.size(0) < batch.tokens.numel();
  return language_model_->model->forward_at(to_device(batch.tokens), self_context(batch),
                                            cross_context(batch, image_states), positions,
                                            padded ? real : at::Tensor());
}

at::Tensor MllamaImpl::logits(const at::Tensor& hidden) {
  auto logits = language_model_->lm_head(hidden);
  if (observer_) observer_("language_model.lm_head", logits);
  return logits;
}

at::Tensor MllamaImpl::logits_gradient(const at::Tensor& grad) {
  return language_model_->lm_head->base_gradient(grad);
}

void MllamaImpl::set_activation_checkpointing(const ActivationCheckpointing& checkpointing) {
  vision_model_->set_activation_checkpointing(checkpointing.vision);
  language_model_->model->set_activation_checkpointing(checkpointing.self, checkpointing.cross);
}

void MllamaImpl::set_implementation(nn::Implementation implementation) {
  for (const auto& module : modules())
    if (auto* layer = dynamic_cast<nn::ImplementationOption*>(module.get()))
      layer->set_implementation(implementation);
}
void MllamaImpl::set_output_observer(const OutputObserver& observer) {
  observer_ = observer;
  vision_model_->set_output_observer(observer);
  language_model_->model->set_output_observer(observer);
}
nn::Implementation MllamaImpl::implementation() const {
  return language_model_->lm_head->implementation();
}

at::Tensor MllamaImpl::to_device(const at::Tensor& x) const {
  return x.to(device(), /*non_blocking=*/true);
}
at::ScalarType MllamaImpl::dtype() const {
  return language_model_->lm_head->weight.scalar_type();
}
at::Device MllamaImpl::device() const {
  return language_model_->lm_head->weight.device();
}

at::Device parse_device(const std::string& name) {
  if (name == "cpu") return at::kCPU;
  if (name != "auto" && name != "cuda")
    throw_usage("device is '", name, "', expected auto, cpu or cuda; choose one of them");
  if (torch::cuda::is_available()) return at::kCUDA;
  if (name == "cuda")
    throw_usage("device is cuda, but libtorch found no CUDA device; use device cpu or auto");
  return at::kCPU;
}

at::ScalarType parse_dtype(const std::string& name) {
  if (name == "fp32") return at::kFloat;
  if (name == "bf16") return at::kBFloat16;
  if (name == "fp16") return at::kHalf;
  throw_usage("dtype is '", name, "', expected fp32, bf16 or fp16; choose one of them");
}

}  // namespace ecg_lora::model
