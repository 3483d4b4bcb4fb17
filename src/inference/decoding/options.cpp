#include "ecg_lora/inference/decoding/options.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "continuations.h"
#include "ecg_lora/base/error.h"

namespace ecg_lora::decoding {
namespace {

void check(const std::vector<OptionTokens>& options) {
  for (std::size_t b = 0; b < options.size(); ++b)
    if (std::set(options[b].begin(), options[b].end()).size() != options[b].size())
      throw_usage("two options of row ", b,
                  " have the same tokens, expected options that differ; leave one out");
}

/// log P(option | content-free prompt) of every option, each computed once.
std::map<std::vector<std::int64_t>, double> unconditional(model::Mllama& model,
                                                          const std::vector<OptionTokens>& options,
                                                          const std::vector<std::int64_t>& prompt) {
  std::map<std::vector<std::int64_t>, double> result;
  for (const auto& row : options)
    for (const auto& option : row) result[option] = 0;
  OptionTokens all;
  for (const auto& [option, value] : result) all.push_back(option);
  data::Batch batch;
  batch.tokens = at::tensor(prompt, at::kLong).unsqueeze(0);
  batch.attention_mask = at::ones_like(batch.tokens);
  const auto log_p = log_likelihoods(model, batch, {}, {all});
  for (std::size_t k = 0; k < all.size(); ++k) result[all[k]] = log_p[0][k];
  return result;
}

}  // namespace

std::vector<OptionScores> option_scores(model::Mllama& model, const data::Batch& batch,
                                        const at::Tensor& image_states,
                                        const std::vector<OptionTokens>& options,
                                        const std::vector<std::int64_t>& content_free) {
  check(options);
  const auto log_p = log_likelihoods(model, batch, image_states, options);
  const auto alone = unconditional(model, options, content_free);
  std::vector<OptionScores> result(options.size());
  for (std::size_t b = 0; b < options.size(); ++b)
    for (std::size_t k = 0; k < options[b].size(); ++k) {
      result[b].sum.push_back(log_p[b][k]);
      result[b].mean.push_back(log_p[b][k] / static_cast<double>(options[b][k].size()));
      result[b].pmi.push_back(log_p[b][k] - alone.at(options[b][k]));
    }
  return result;
}

std::vector<OptionScores> option_scores(model::Mllama& model, const data::Batch& batch,
                                        const std::vector<OptionTokens>& options,
                                        const std::vector<std::int64_t>& content_free) {
  const at::NoGradGuard guard;
  return option_scores(model, batch, model->encode_images(batch), options, content_free);
}

std::vector<std::int64_t> content_free_prompt(const text::Tokenizer& tokenizer) {
  return tokenizer.encode(
      "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nAnswer:<|eot_id|><|start_"
      "header_id|>assistant<|end_header_id|>\n\n");
}

OptionTokens encode_options(const text::Tokenizer& tokenizer, const std::vector<std::string>& texts,
                            bool closed) {
  OptionTokens options;
  for (const auto& text : texts) {
    if (text.empty()) throw_data("an option is empty, expected a text");
    options.push_back(tokenizer.encode(closed ? text + "<|eot_id|>" : text));
  }
  return options;
}

std::vector<double> option_probabilities(const std::vector<double>& scores) {
  if (scores.empty()) return {};
  const double top = *std::max_element(scores.begin(), scores.end());
  std::vector<double> result;
  double sum = 0;
  for (const double score : scores) sum += result.emplace_back(std::exp(score - top));
  for (double& p : result) p /= sum;
  return result;
}

}  // namespace ecg_lora::decoding
