// One forward and backward pass on inputs in transformers' names and shapes.
#pragma once

#include <string>

#include "ecg_lora/model/mllama.h"
#include "ecg_lora/tensorio/safetensors.h"

namespace ecg_lora::tools {

/// Reads `input_ids` [B, S], and where present `attention_mask`, `labels` [B, S], `pixel_values`
/// [B, M, T, 3, h, w], `aspect_ratio_ids` [B, M], `aspect_ratio_mask` [B, M, T] and
/// `cross_attention_mask` [B, S, M, T]. Images become B*M images; row b looks at images b*M … b*M +
/// M - 1, or at those that `row_images` [B, M] names (-1 none). Data error that names the tensor if
/// a shape does not fit the others or `config`, or a number has no row in the model's tables.
data::Batch read_batch(const std::string& path, const model::ModelConfig& config);

/// `logits` at every position, `loss`, and `grad.<name>` of each adapter tensor where the model has
/// adapters and the batch labels.
tensorio::NamedTensors forward_backward(model::Mllama& model, const data::Batch& batch);

}  // namespace ecg_lora::tools
