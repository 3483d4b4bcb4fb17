#include "ecg_lora/inference/decoding/decode.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/model/mllama/cache.h"
#include "ecg_lora/model/mllama/not_finite.h"
#include "left_padding.h"
#include "sampling.h"

namespace ecg_lora::decoding {
namespace {

void check(const DecodeOptions& o) {
  if (o.max_new_tokens < 1)
    throw_usage("max_new_tokens is ", o.max_new_tokens, ", expected at least 1");
  if (!(o.temperature >= 0))
    throw_usage("temperature is ", o.temperature, ", expected 0 (greedy) or more");
  if (o.top_k < 0) throw_usage("top_k is ", o.top_k, ", expected 0 (all) or more");
  if (!(o.top_p > 0 && o.top_p <= 1))
    throw_usage("top_p is ", o.top_p, ", expected more than 0 and at most 1");
}

/// What the draws of each row depend on, apart from the seed: its sample and its tokens.
std::vector<std::uint64_t> row_keys(const data::Batch& batch) {
  const auto tokens = batch.tokens.contiguous(), mask = batch.attention_mask.contiguous();
  std::vector<std::uint64_t> keys;
  for (std::int64_t b = 0; b < batch.rows(); ++b) {
    std::string text;
    for (std::int64_t s = 0; s < tokens.size(1); ++s)
      if (mask[b].const_data_ptr<std::int64_t>()[s] != 0)
        text += std::to_string(tokens[b].const_data_ptr<std::int64_t>()[s]) + " ";
    const auto row = static_cast<std::size_t>(b);
    keys.push_back(
        Random({name_key(text), static_cast<std::uint64_t>(
                                    row < batch.sample_ids.size() ? batch.sample_ids[row] : 0)})
            .bits());
  }
  return keys;
}

at::Tensor draws(const std::vector<std::uint64_t>& keys, const DecodeOptions& options,
                 std::int64_t step) {
  std::vector<double> values;
  for (const auto key : keys)
    values.push_back(Random({options.seed, key, static_cast<std::uint64_t>(step)}).uniform());
  return at::tensor(values, at::kDouble);
}

/// One more token a row. It may look at the tiles that the token before it could look at.
data::Batch next_step(const data::Batch& batch, const at::Tensor& tokens) {
  data::Batch step;
  step.tokens = tokens.unsqueeze(1);
  step.attention_mask = at::ones_like(step.tokens);
  step.row_images = batch.row_images;
  if (batch.cross_mask.defined()) step.cross_mask = batch.cross_mask.slice(1, -1);
  return step;
}

/// The answers so far, and whether every one has ended.
class Answers {
 public:
  Answers(std::int64_t rows, const DecodeOptions& options)
      : options_(options), rows_(static_cast<std::size_t>(rows)) {}

  void add(const at::Tensor& tokens, const at::Tensor& log_p) {
    const auto ids = tokens.cpu(), values = log_p.cpu();
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      auto& answer = rows_[row];
      if (answer.stopped) continue;
      const auto token = ids.const_data_ptr<std::int64_t>()[row];
      answer.logprob += values.const_data_ptr<double>()[row];
      answer.stopped =
          std::find(options_.stops.begin(), options_.stops.end(), token) != options_.stops.end();
      if (!answer.stopped) answer.tokens.push_back(token);
    }
  }
  bool ended() const {
    return std::all_of(rows_.begin(), rows_.end(),
                       [](const Decoded& answer) { return answer.stopped; });
  }
  std::vector<Decoded> take() { return std::move(rows_); }

 private:
  const DecodeOptions& options_;
  std::vector<Decoded> rows_;
};

}  // namespace

std::vector<Decoded> decode(model::Mllama& model, const data::Batch& batch,
                            const at::Tensor& image_states, const DecodeOptions& options) {
  check(options);
  if (batch.rows() == 0) return {};
  const at::NoGradGuard guard;
  const auto keys = options.temperature > 0 ? row_keys(batch) : std::vector<std::uint64_t>();
  auto step = left_padded(batch);
  model::Cache cache(step.tokens.size(1) + options.max_new_tokens);
  Answers answers(batch.rows(), options);
  for (std::int64_t i = 0; i < options.max_new_tokens; ++i) {
    const auto logits =
        model->logits(model->hidden(step, image_states, &cache).select(1, -1)).to(at::kDouble);
    const auto finite = at::isfinite(logits).all();
    const auto tokens =
        choose(logits, options, keys.empty() ? at::Tensor() : draws(keys, options, i));
    answers.add(tokens, logits.gather(1, tokens.unsqueeze(1)).squeeze(1) - logits.logsumexp(1));
    if (!finite.item<bool>()) model::throw_not_finite(model, batch, image_states);
    if (answers.ended()) break;
    step = next_step(step, tokens);
  }
  return answers.take();
}

std::vector<Decoded> decode(model::Mllama& model, const data::Batch& batch,
                            const DecodeOptions& options) {
  check(options);
  const at::NoGradGuard guard;
  return decode(model, batch, model->encode_images(batch), options);
}

}  // namespace ecg_lora::decoding
