// The vision tower. I images, T tiles, P patches per tile (class token included), D width.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "ecg_lora/model/mllama/output_observer.h"
#include "ecg_lora/model/shape/config.h"
#include "ecg_lora/nn/layers/embedding.h"
#include "ecg_lora/nn/layers/linear.h"
#include "ecg_lora/nn/layers/norm.h"
#include "layer_options.h"

namespace ecg_lora::model {

class VisionAttentionImpl : public torch::nn::Module, public nn::ImplementationOption {
 public:
  VisionAttentionImpl(std::int64_t width, std::int64_t heads, const LayerOptions& options);
  /// [I, N, D] of images whose first `real` tokens are real and whose others are padding. The
  /// reference blocks padding from padding and nothing else: real tokens see all tokens, padding
  /// sees the real ones. Two fused-attention calls do that without an N x N mask.
  at::Tensor forward(const at::Tensor& x, std::int64_t real);

 private:
  std::int64_t heads_;
  nn::Linear q_proj_{nullptr}, k_proj_{nullptr}, v_proj_{nullptr}, o_proj_{nullptr};
};
TORCH_MODULE(VisionAttention);

class VisionMlpImpl : public torch::nn::Module {
 public:
  VisionMlpImpl(std::int64_t width, std::int64_t intermediate, const LayerOptions& options);
  at::Tensor forward(const at::Tensor& x) {
    return fc2_->forward_activated(nn::Activation::gelu, fc1_(x));
  }

 private:
  nn::Linear fc1_{nullptr}, fc2_{nullptr};
};
TORCH_MODULE(VisionMlp);

/// Pre-norm transformer layer; a global layer scales both branches by a tanh gate.
class VisionLayerImpl : public torch::nn::Module {
 public:
  VisionLayerImpl(const VisionConfig& config, bool gated, const LayerOptions& options);
  at::Tensor forward(const at::Tensor& x, std::int64_t real);  ///< as VisionAttention's

 private:
  VisionAttention self_attn_{nullptr};
  VisionMlp mlp_{nullptr};
  nn::LayerNorm input_layernorm_{nullptr}, post_attention_layernorm_{nullptr};
  at::Tensor gate_attn_, gate_ffn_;
};
TORCH_MODULE(VisionLayer);

class VisionEncoderImpl : public torch::nn::Module {
 public:
  VisionEncoderImpl(const VisionConfig& config, std::int64_t layers, bool gated,
                    const LayerOptions& options);
  torch::nn::ModuleList layers;
};
TORCH_MODULE(VisionEncoder);

/// tanh(gate) * embedding[aspect ratio id], one vector per tile.
class TileEmbeddingImpl : public torch::nn::Module {
 public:
  TileEmbeddingImpl(const VisionConfig& config, const LayerOptions& options);
  at::Tensor forward(const at::Tensor& aspect_ratio_id);  ///< [I] to [I, T, 1, D]

 private:
  std::int64_t tiles_;
  nn::Embedding embedding_{nullptr};
  at::Tensor gate_;
};
TORCH_MODULE(TileEmbedding);

/// (1 - tanh(gate)) * embedding + tanh(gate) * tile_embedding[aspect ratio id].
class PositionEmbeddingImpl : public torch::nn::Module {
 public:
  PositionEmbeddingImpl(const VisionConfig& config, const LayerOptions& options);
  at::Tensor forward(const at::Tensor& aspect_ratio_id);  ///< [I] to [I, T, P, D]

 private:
  std::int64_t tiles_, patches_;
  nn::Embedding tile_embedding_{nullptr};
  at::Tensor embedding_, gate_;
};
TORCH_MODULE(PositionEmbedding);

/// Non-overlapping patches times a [D, 3, p, p] kernel: the convolution of the reference as one
/// matrix product.
class PatchEmbeddingImpl : public torch::nn::Module {
 public:
  PatchEmbeddingImpl(const VisionConfig& config, const LayerOptions& options);
  at::Tensor forward(const at::Tensor& pixels);  ///< [N, 3, H, W] to [N, P - 1, D]
  at::Tensor weight;
};
TORCH_MODULE(PatchEmbedding);

class VisionModelImpl : public torch::nn::Module {
 public:
  VisionModelImpl(const VisionConfig& config, const LayerOptions& options);
  /// pixels [I, T, 3, H, W], aspect_ratio_id [I], aspect_ratio_mask [I, T] to [I, T*P, D * (1 +
  /// intermediate layers)].
  at::Tensor forward(const at::Tensor& pixels, const at::Tensor& aspect_ratio_id,
                     const at::Tensor& aspect_ratio_mask);
  /// Recompute each `every`-th layer in the backward pass; 0: none.
  void set_activation_checkpointing(std::int64_t every) { checkpointing_ = every; }
  void set_output_observer(const OutputObserver& observer) { observer_ = observer; }

 private:
  at::Tensor embed(const at::Tensor& pixels, const at::Tensor& aspect_ratio_id);
  at::Tensor encode(const at::Tensor& pixels, const at::Tensor& aspect_ratio_id,
                    const std::vector<bool>& tile_used);
  at::Tensor run(VisionEncoder& encoder, at::Tensor x, std::int64_t real,
                 std::vector<at::Tensor>* kept);

  VisionConfig config_;
  std::int64_t checkpointing_ = 0;
  OutputObserver observer_;
  at::Tensor class_embedding_;
  PatchEmbedding patch_embedding_{nullptr};
  PositionEmbedding gated_positional_embedding_{nullptr};
  TileEmbedding pre_tile_positional_embedding_{nullptr}, post_tile_positional_embedding_{nullptr};
  nn::LayerNorm layernorm_pre_{nullptr}, layernorm_post_{nullptr};
  VisionEncoder transformer_{nullptr}, global_transformer_{nullptr};
};
TORCH_MODULE(VisionModel);

}  // namespace ecg_lora::model
