#include "ecg_lora/generate/likelihood.h"

#include <algorithm>

#include "ecg_lora/base/error.h"

namespace ecg_lora::generate {
namespace {

std::vector<std::int64_t> first_tokens(const text::Tokenizer& tokenizer, const std::vector<const char*>& variants) {
  std::vector<std::int64_t> result;
  for (const char* variant : variants) {
    const auto ids = tokenizer.encode(variant);
    if (!ids.empty() && std::find(result.begin(), result.end(), ids.front()) == result.end()) result.push_back(ids.front());
  }
  return result;
}

}  // namespace

YesNoTokens yes_no_tokens(const text::Tokenizer& tokenizer) {
  YesNoTokens tokens{first_tokens(tokenizer, {"Yes", "yes", "YES", " Yes", " yes"}), first_tokens(tokenizer, {"No", "no", "NO", " No", " no"})};
  // A token that begins variants of both (a lone space, "N" of a small vocabulary) tells nothing apart.
  const auto both = [&](std::int64_t id, const std::vector<std::int64_t>& other) { return std::find(other.begin(), other.end(), id) != other.end(); };
  const auto no = tokens.no;
  std::erase_if(tokens.no, [&](std::int64_t id) { return both(id, tokens.yes); });
  std::erase_if(tokens.yes, [&](std::int64_t id) { return both(id, no); });
  if (tokens.yes.empty() || tokens.no.empty()) throw_checkpoint("the tokenizer has no tokens that tell Yes from No; use the checkpoint's own tokenizer");
  return tokens;
}

std::vector<double> yes_probabilities(model::Mllama& model, const data::Batch& batch, const YesNoTokens& tokens) {
  const at::NoGradGuard guard;
  const auto hidden = model->hidden(batch, model->encode_images(batch));
  const auto positions = at::arange(batch.tokens.size(1), batch.tokens.options());
  const auto last = batch.attention_mask.mul(positions).argmax(1);  // padding may stand on either side
  const auto states = hidden.gather(1, last.view({-1, 1, 1}).expand({-1, 1, hidden.size(2)})).squeeze(1);
  const auto logits = model->logits(states).to(at::kDouble);
  const auto mass = [&](const std::vector<std::int64_t>& ids) { return logits.index_select(1, at::tensor(ids).to(logits.device())).logsumexp(1); };
  const auto p = at::sigmoid(mass(tokens.yes) - mass(tokens.no)).to(at::kCPU).contiguous();
  return {p.const_data_ptr<double>(), p.const_data_ptr<double>() + p.numel()};
}

}  // namespace ecg_lora::generate
