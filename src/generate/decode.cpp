#include "ecg_lora/generate/decode.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/model/cache.h"

namespace ecg_lora::generate {
namespace {

/// One more token a row. It may look at the tiles that the token before it could look at.
data::Batch next_step(const data::Batch& batch, const at::Tensor& tokens) {
  data::Batch step = batch;
  step.tokens = tokens.unsqueeze(1);
  step.attention_mask = at::ones_like(step.tokens);
  if (batch.cross_mask.defined()) step.cross_mask = batch.cross_mask.slice(1, -1);
  return step;
}

}  // namespace

std::vector<std::vector<std::int64_t>> greedy(model::Mllama& model, const data::Batch& batch, const std::vector<std::int64_t>& stops, std::int64_t most) {
  if (batch.attention_mask.select(1, -1).eq(0).any().item<bool>())
    throw_usage("a prompt is padded on the right, where its continuation belongs; pad prompts on the left");
  const at::NoGradGuard guard;
  model::Cache cache;
  std::vector<std::vector<std::int64_t>> texts(static_cast<std::size_t>(batch.rows()));
  std::vector<bool> done(texts.size(), false);
  auto step = batch;
  const auto images = model->encode_images(batch);
  for (std::int64_t i = 0; i < most; ++i) {
    const auto hidden = model->hidden(step, images, &cache);
    const auto tokens = model->logits(hidden.select(1, -1)).argmax(-1);
    const auto values = tokens.to(at::kCPU);
    for (std::size_t row = 0; row < texts.size(); ++row) {
      const auto token = values.const_data_ptr<std::int64_t>()[row];
      done[row] = done[row] || std::find(stops.begin(), stops.end(), token) != stops.end();
      if (!done[row]) texts[row].push_back(token);
    }
    if (std::all_of(done.begin(), done.end(), [](bool d) { return d; })) break;
    step = next_step(step, tokens);
  }
  return texts;
}

}  // namespace ecg_lora::generate
