// One forward and backward pass on inputs in transformers' names and shapes.
#pragma once

#include <string>

#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/plan/inference/memory_check.h"
#include "ecg_lora/tensorio/safetensors.h"
#include "ecg_lora/train/loop/training_config.h"

namespace ecg_lora::inference {

/// Reads `input_ids` [B, S], and if present `attention_mask`, `labels` [B, S], `pixel_values`
/// [B, M, T, 3, h, w], `aspect_ratio_ids` [B, M], `aspect_ratio_mask` [B, M, T] and
/// `cross_attention_mask` [B, S, M, T]. Images become B*M images; row b looks at images b*M … b*M +
/// M - 1, or at those that `row_images` [B, M] names (-1 none). Data error that names the tensor if
/// a shape does not fit the others or `config`, or a number has no row in the model's tables.
data::Batch read_batch(const std::string& path, const model::ModelConfig& config);

/// `logits` at every position, `loss`, and `grad.<name>` of each adapter tensor if the model has
/// adapters and the batch labels. Numerics error if the logits are not finite.
tensorio::NamedTensors forward_backward(model::Mllama& model, const data::Batch& batch);

/// Losses [steps] before each of `steps` AdamW steps on `batch`, at config.lr.
at::Tensor adamw_losses(model::Mllama& model, const data::Batch& batch, std::int64_t steps,
                        const train::OptimizerConfig& config);

/// What a pass is made with.
struct PassModel {
  std::string model, adapter;  ///< folders; no adapter if empty
  at::ScalarType dtype;
  bool cuda = false, force = false;
};

/// Usage error if a pass over `batch`, with gradients of the adapter if there is one, will not fit
/// into memory, unless `force` says to go on.
plan::MemoryChecked require_pass_memory(const PassModel& base, const data::Batch& batch);

}  // namespace ecg_lora::inference
