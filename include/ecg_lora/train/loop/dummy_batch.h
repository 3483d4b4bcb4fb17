// Batches that put every layer to work.
#pragma once

#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/model/shape/config.h"

namespace ecg_lora::train {

/// `batch` itself if it has rows that look at an image; else `batch` and one more row, of one
/// token, that looks at a blank image and has nothing to learn. Ranks among which weights are
/// sharded must run the same layers, whatever their batches hold. On the CPU, as sources give
/// batches.
data::Batch with_every_layer(const data::Batch& batch, const model::ModelConfig& config);

}  // namespace ecg_lora::train
