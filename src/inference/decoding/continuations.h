// Likelihoods of continuations of rows that have much in common, in one pass over trees of tokens.
#pragma once

#include <cstdint>
#include <vector>

#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/model/mllama/mllama.h"

namespace ecg_lora::decoding {

/// log P(continuations[b][k] | row b), [b][k]: the sum over its tokens, float64. Padding may stand
/// on either side of a row. `image_states` is what encode_images() gave for `batch`. Rows on the
/// same images are one tree (see prefix_tree.h), in which each token attends to its own path: what
/// rows have in common at their beginning is computed once, keys and values of an image once, and
/// of a continuation all but its last token. Usage error for an empty row or continuation.
std::vector<std::vector<double>> log_likelihoods(
    model::Mllama& model, const data::Batch& batch, const at::Tensor& image_states,
    const std::vector<std::vector<std::vector<std::int64_t>>>& continuations);

}  // namespace ecg_lora::decoding
