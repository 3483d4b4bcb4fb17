// LLaMA 3.2 Vision, equal to Hugging Face's MllamaForConditionalGeneration.
// B rows, S text tokens, I images, M most images per row, T tiles per image, P patches per tile
// (class token included), D text width, V vocabulary.
#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <memory>
#include <string>

#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/model/mllama/output_observer.h"
#include "ecg_lora/model/mllama/quantisation.h"
#include "ecg_lora/model/shape/config.h"
#include "ecg_lora/nn/layers/implementation.h"
#include "ecg_lora/nn/layers/linear.h"

namespace ecg_lora::model {

class VisionModelImpl;
class LanguageModelImpl;
struct Cache;
struct TokenTree;
struct SelfContext;
struct CrossContext;

/// Layers whose activations are recomputed in the backward pass instead of kept: the first of a
/// kind and each n-th after it; 0: none of that kind.
struct ActivationCheckpointing {
  std::int64_t self = 0, cross = 0;  ///< self-attention and cross-attention layers of the decoder
  std::int64_t vision = 0;           ///< layers of the vision tower
};

/// Rows per image, g, if row_images [B, M] is image 0 x g, image 1 x g, … of `images`; else 0.
std::int64_t rows_per_image(const at::Tensor& row_images, std::int64_t images);

/// The tiles that each token of a batch with images attends to, [B, S, M*T] bool. Tokens that may
/// attend to none attend to all tiles of their row's images, as in transformers; only their MLP
/// branch is dropped.
at::Tensor visible_tiles(const data::Batch& batch);

class MllamaImpl : public torch::nn::Module {
 public:
  /// Parameters are allocated, not initialised, and frozen. The weights of linears get memory if
  /// `linears` says so.
  explicit MllamaImpl(const ModelConfig& config, const at::TensorOptions& tensors = at::kFloat,
                      nn::WeightMemory linears = nn::WeightMemory::allocated);

  const ModelConfig& config() const { return config_; }
  /// Vision tower and projector: [I, T*P, D] in the model's dtype. Undefined for a batch without
  /// images.
  at::Tensor encode_images(const data::Batch& batch);
  /// Final hidden states [B, S, D] of the rows of `batch`, whose images were encoded as
  /// `image_states` [I, T*P, D] (undefined: no images, or a cache that has seen them). With
  /// `cache`, the tokens follow those that the cache holds, and its keys and values grow; usage
  /// error if there is no room for them.
  at::Tensor hidden(const data::Batch& batch, const at::Tensor& image_states,
                    Cache* cache = nullptr);
  /// The same for a batch whose rows are trees; its attention_mask is not looked at.
  at::Tensor hidden(const data::Batch& batch, const at::Tensor& image_states,
                    const TokenTree& tree);
  /// The rows of hidden(batch, image_states), flattened to [B*S, D], that `positions` [n] int64,
  /// ascending and in host memory, names, none of which is padding: [n, D]. The last layer computes
  /// no others, and nothing but attention is computed of padding.
  at::Tensor hidden_at(const data::Batch& batch, const at::Tensor& image_states,
                       const at::Tensor& positions);
  /// lm_head: hidden states [..., D] to [..., V], in the model's dtype.
  at::Tensor logits(const at::Tensor& hidden);
  /// The gradient [..., D] of hidden states, given that of their logits [..., V].
  at::Tensor logits_gradient(const at::Tensor& grad);

  /// What its linears were packed to when it was loaded.
  const BaseQuantisation& quantisation() const { return quantisation_; }
  void set_quantisation(BaseQuantisation quantisation) { quantisation_ = std::move(quantisation); }

  /// Recompute layers in the backward pass instead of keeping their activations. Gradients are
  /// those without, to the bit, but for the vision tower and the projector where several layers are
  /// recomputed: theirs are summed in another order.
  void set_activation_checkpointing(const ActivationCheckpointing& checkpointing);
  /// How its layers, and the loss after them, compute: fused unless it is set otherwise.
  void set_implementation(nn::Implementation implementation);
  nn::Implementation implementation() const;
  /// Shows `observer` the outputs of all layers, the projector and lm_head in each pass from now on
  /// but those of hidden_at(); an empty one: nothing.
  void set_output_observer(const OutputObserver& observer);
  at::ScalarType dtype() const;
  at::Device device() const;

 private:
  /// x on this model's device, without waiting for it.
  at::Tensor to_device(const at::Tensor& x) const;
  SelfContext self_context(const data::Batch& batch) const;
  SelfContext cached_context(const data::Batch& batch, Cache& cache) const;
  CrossContext cross_context(const data::Batch& batch, const at::Tensor& image_states) const;

  ModelConfig config_;
  BaseQuantisation quantisation_;
  OutputObserver observer_;
  at::Tensor rope_frequencies_;
  std::shared_ptr<VisionModelImpl> vision_model_;
  std::shared_ptr<LanguageModelImpl> language_model_;
  nn::Linear multi_modal_projector_{nullptr};
};
TORCH_MODULE(Mllama);

/// Loads a checkpoint folder: config.json, then every tensor, strictly; frozen, in eval mode, in
/// `dtype` on `device`. Weights that `quantisation` packs are packed as they are read, from the
/// values in the file: no more than one of them is dense at a time. `states` overrides what the
/// checkpoint says of its vision states; a warning is logged if they are assumed and another
/// meaning is possible. Checkpoint error that counts missing, unexpected and misshaped tensors
/// together; for a value that is not finite, or beyond the range of `dtype`; and for a config that
/// load_model_config() refuses. Usage error for a glob of keep_dense that names no linear.
Mllama load_model(const std::filesystem::path& folder, at::Device device, at::ScalarType dtype,
                  const BaseQuantisation& quantisation = {},
                  std::optional<VisionStates> states = {});

/// Parameters by their names on disk, without those of adapters, in model order; for saving.
std::vector<std::pair<std::string, at::Tensor>> disk_tensors(const Mllama& model);

/// "auto" (CUDA if there is a device, else the CPU), "cpu" or "cuda". Usage error for another name,
/// and for "cuda" if there is no CUDA device.
at::Device parse_device(const std::string& name);
/// "fp32", "bf16" or "fp16"; usage error for another name.
at::ScalarType parse_dtype(const std::string& name);

}  // namespace ecg_lora::model
