#include "ecg_lora/train/loss.h"

namespace ecg_lora::train {
namespace {

constexpr std::int64_t logits_at_once = std::int64_t{1} << 24;  ///< elements of one chunk of logits, 64 MiB in fp32

}  // namespace

std::int64_t answer_tokens(const data::Batch& batch) {
  return batch.labels.slice(1, 1).ne(-100).sum().item<std::int64_t>();
}

AnswerLoss answer_loss(model::Mllama& model, const data::Batch& batch, const at::Tensor& hidden) {
  const auto labels = batch.labels.slice(1, 1).reshape(-1);
  const auto where = labels.ne(-100).nonzero().flatten();
  AnswerLoss loss{at::zeros({}, hidden.options().dtype(at::kFloat)), where.size(0)};
  if (loss.tokens == 0) return loss;
  const auto states = hidden.slice(1, 0, -1).reshape({-1, hidden.size(2)}).index_select(0, where);
  const auto targets = labels.index_select(0, where);
  const auto chunk = std::max<std::int64_t>(1, logits_at_once / model->config().text.vocab_size);
  for (std::int64_t begin = 0; begin < loss.tokens; begin += chunk) {
    const auto logits = model->logits(states.slice(0, begin, begin + chunk)).to(at::kFloat);
    loss.sum = loss.sum + at::cross_entropy_loss(logits, targets.slice(0, begin, begin + chunk), {}, at::Reduction::Sum);
  }
  return loss;
}

}  // namespace ecg_lora::train
