// The decoder. B rows, S new tokens, L past and new tokens, I images, N = T * P tokens per image, D
// width.
#pragma once

#include <torch/torch.h>

#include <optional>

#include "ecg_lora/model/mllama/cache.h"
#include "ecg_lora/model/mllama/output_observer.h"
#include "ecg_lora/model/shape/config.h"
#include "ecg_lora/nn/layers/embedding.h"
#include "ecg_lora/nn/layers/linear.h"
#include "ecg_lora/nn/layers/norm.h"
#include "ecg_lora/nn/layers/rope.h"
#include "layer_options.h"

namespace ecg_lora::model {

/// The tokens that a layer gets and gives. Each tensor is [n], positions in the flattened rows
/// [B*S] but for `kept`; undefined: all of them, as [B, S, D]. Padding is left out of all but
/// attention, where rows are whole again.
struct TokenSelection {
  std::int64_t rows = 0, length = 0;  ///< B and S
  at::Tensor in, out;
  at::Tensor kept;  ///< the places of `out` among the tokens that come in; undefined: all

  /// Those states of x, as it comes into the layer, that go out.
  at::Tensor keep(const at::Tensor& x) const {
    return kept.defined() ? x.flatten(0, -2).index_select(0, kept) : x;
  }
  /// x [n, W] of the tokens that come in as [B, S, W], zero at the others.
  at::Tensor scatter(const at::Tensor& x) const;
  /// Those of x [B, S, W] that go out.
  at::Tensor pick(const at::Tensor& x) const {
    return out.defined() ? x.flatten(0, 1).index_select(0, out) : x;
  }
};

/// What self-attention needs besides the states.
struct SelfContext {
  nn::Rotation rotation;  ///< of the new tokens
  /// [B, 1, S, L] bool, true: the token may attend to the key. None: as `causal` says.
  std::optional<at::Tensor> attention_mask;
  bool causal = false;  ///< each token attends to itself and those before it; else to all
  std::int64_t past = 0, room = 0;  ///< tokens that the cache holds, and that it has room for
};

/// What cross-attention needs besides the states.
struct CrossContext {
  at::Tensor image_states;  ///< [I, N, D]; undefined if a cache holds keys and values
  at::Tensor row_images;    ///< [B, M]; rows without an image carry -1
  std::int64_t grouped =
      0;  ///< rows per image if rows are [image 0 x grouped, image 1 x grouped, …], else 0
  /// [B, S, M*N] bool, true: the token may attend to the image token. None: every token attends to
  /// all tiles of its row's images.
  std::optional<at::Tensor> attention_mask;
  at::Tensor sees;  ///< [B, S, 1] in the model's dtype; 0 for tokens that see no image (their MLP
                    ///< branch is dropped)
  at::Tensor has_image;  ///< [B, 1, 1]; undefined if every row has one
};

class SelfAttentionImpl : public torch::nn::Module, public nn::ImplementationOption {
 public:
  SelfAttentionImpl(const TextConfig& config, const LayerOptions& options);
  at::Tensor forward(const at::Tensor& x, const SelfContext& context,
                     const TokenSelection& selection, Cache::Layer* cache);

 private:
  std::int64_t heads_, kv_heads_;
  nn::Linear q_proj_{nullptr}, k_proj_{nullptr}, v_proj_{nullptr}, o_proj_{nullptr};
};
TORCH_MODULE(SelfAttention);

/// Text looks at images. Keys and values are computed once per image, whatever the number of rows
/// that ask about it.
class CrossAttentionImpl : public torch::nn::Module, public nn::ImplementationOption {
 public:
  CrossAttentionImpl(const TextConfig& config, const LayerOptions& options);
  at::Tensor forward(const at::Tensor& x, const CrossContext& context,
                     const TokenSelection& selection, Cache::Layer* cache);

 private:
  std::int64_t heads_, kv_heads_;
  nn::Linear q_proj_{nullptr}, k_proj_{nullptr}, v_proj_{nullptr}, o_proj_{nullptr};
  nn::RmsNorm q_norm_{nullptr}, k_norm_{nullptr};
};
TORCH_MODULE(CrossAttention);

/// SwiGLU (Shazeer 2020): down(silu(gate(x)) * up(x)).
class TextMlpImpl : public torch::nn::Module {
 public:
  TextMlpImpl(const TextConfig& config, const LayerOptions& options);
  at::Tensor forward(const at::Tensor& x) {
    return down_proj_->forward_activated(nn::Activation::swiglu, up_proj_(x), gate_proj_(x));
  }

 private:
  nn::Linear gate_proj_{nullptr}, up_proj_{nullptr}, down_proj_{nullptr};
};
TORCH_MODULE(TextMlp);

class SelfLayerImpl : public torch::nn::Module {
 public:
  SelfLayerImpl(const TextConfig& config, const LayerOptions& options);
  at::Tensor forward(const at::Tensor& x, const SelfContext& context,
                     const TokenSelection& selection, Cache::Layer* cache);

 private:
  SelfAttention self_attn_{nullptr};
  TextMlp mlp_{nullptr};
  nn::RmsNorm input_layernorm_{nullptr}, post_attention_layernorm_{nullptr};
};
TORCH_MODULE(SelfLayer);

class CrossLayerImpl : public torch::nn::Module {
 public:
  CrossLayerImpl(const TextConfig& config, const LayerOptions& options);
  at::Tensor forward(const at::Tensor& x, const CrossContext& context,
                     const TokenSelection& selection, Cache::Layer* cache);

 private:
  CrossAttention cross_attn_{nullptr};
  TextMlp mlp_{nullptr};
  nn::RmsNorm input_layernorm_{nullptr}, post_attention_layernorm_{nullptr};
  at::Tensor cross_attn_attn_gate_, cross_attn_mlp_gate_;
};
TORCH_MODULE(CrossLayer);

/// `language_model.model`: embeddings, layers, final norm.
class DecoderImpl : public torch::nn::Module {
 public:
  DecoderImpl(const TextConfig& config, const LayerOptions& options);
  /// tokens [B, S] to [B, S, D]. Without images (context.row_images undefined) cross layers are
  /// left out.
  at::Tensor forward(const at::Tensor& tokens, const SelfContext& self, const CrossContext& cross,
                     Cache* cache);
  /// Only the `wanted` positions [n] of the flattened rows, [n, D]; the last layer computes no
  /// others. `real` [m]: the positions that are not padding, with which all other layers compute;
  /// undefined: all. Both ascend and are in host memory.
  at::Tensor forward_at(const at::Tensor& tokens, const SelfContext& self,
                        const CrossContext& cross, const at::Tensor& wanted,
                        const at::Tensor& real);
  /// Recompute each n-th self-attention and cross-attention layer in the backward pass; 0: none.
  void set_activation_checkpointing(std::int64_t self, std::int64_t cross) {
    self_checkpointing_ = self, cross_checkpointing_ = cross;
  }
  void set_output_observer(const OutputObserver& observer) { observer_ = observer; }
  at::Tensor embedding() const { return embed_tokens_->weight; }

 private:
  at::Tensor layer(std::int64_t index, const at::Tensor& x, const SelfContext& self,
                   const CrossContext& cross, const TokenSelection& selection, Cache* cache);
  at::Tensor checkpointed_layer(std::int64_t index, const at::Tensor& x, const SelfContext& self,
                                const CrossContext& cross, const TokenSelection& selection);
  bool is_checkpointed(std::int64_t index) const;

  TextConfig config_;
  std::int64_t self_checkpointing_ = 0, cross_checkpointing_ = 0;
  OutputObserver observer_;
  nn::Embedding embed_tokens_{nullptr};
  torch::nn::ModuleList layers_;
  nn::RmsNorm norm_{nullptr};
};
TORCH_MODULE(Decoder);

/// `language_model`: decoder and output layer.
class LanguageModelImpl : public torch::nn::Module {
 public:
  LanguageModelImpl(const TextConfig& config, const LayerOptions& options);
  Decoder model{nullptr};
  nn::Linear lm_head{nullptr};
};
TORCH_MODULE(LanguageModel);

}  // namespace ecg_lora::model
