// The loss over answer tokens.
#pragma once

#include <ATen/ATen.h>

#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/model/mllama/mllama.h"

namespace ecg_lora::train {

struct AnswerLoss {
  at::Tensor sum;           ///< [] fp32; cross-entropies added up
  std::int64_t tokens = 0;  ///< labelled tokens they belong to
};

/// Cross-entropy of labels[:, 1:] given hidden[:, :-1] (hidden [B, S, D]), over labels that are not
/// -100. Logits are formed at those positions only, a chunk of positions at a time, in the model's
/// dtype; the cross-entropy is fp32. No logits outlive their chunk, in the backward pass neither.
AnswerLoss answer_loss(model::Mllama& model, const data::Batch& batch, const at::Tensor& hidden);

/// answer_loss() of the whole model on `batch`, whose tensors are on its device or the host; the
/// last layer computes the labelled positions only.
AnswerLoss batch_loss(model::Mllama& model, const data::Batch& batch);

/// Labelled tokens that a loss over `batch` would count.
std::int64_t answer_tokens(const data::Batch& batch);

/// The first batch of the first epoch with an answer to learn from. Data error if it has none.
data::Batch first_with_answers(data::BatchSource& training);

}  // namespace ecg_lora::train
