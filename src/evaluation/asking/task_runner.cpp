#include "ecg_lora/evaluation/asking/task_runner.h"

#include <algorithm>
#include <cmath>

#include "ecg_lora/inference/decoding/options.h"

namespace ecg_lora::asking {
namespace {

/// The question with one label at its end, so that the labels of a page share all that stands
/// before it.
data::Conversation about_label(data::Conversation sample, const std::string& label) {
  sample.turns.back().content += "\nDoes the answer include \"" + label + "\"? Answer Yes or No.";
  return sample;
}

/// The very prompts of a batch without their pages.
data::Batch without_pages(data::Batch batch, std::int64_t image_id) {
  batch.attention_mask =
      batch.attention_mask * (batch.tokens != image_id).to(batch.attention_mask.scalar_type());
  batch.row_images = at::Tensor(), batch.cross_mask = at::Tensor();
  return batch;
}

/// Odds of yes with the page over those without it, as a probability: 0.5 where the page changes
/// nothing.
double against_blind(double p, double blind) {
  const auto logit = [](double x) {
    constexpr double least = 1e-12;  // so that the odds are finite
    x = std::clamp(x, least, 1 - least);
    return std::log(x) - std::log1p(-x);
  };
  return 1 / (1 + std::exp(logit(blind) - logit(p)));
}

}  // namespace

TaskRunner::TaskRunner(const TaskSettings& settings, text::ChatFormat chat, model::Mllama model)
    : tasks_(settings.tasks),
      chat_(std::move(chat)),
      model_(std::move(model)),
      maker_(chat_, settings.pages, settings.batch, model_->config().pad_token_id),
      variants_(decoding::yes_no_variants(*chat_.tokenizer)),
      content_free_(decoding::content_free_prompt(*chat_.tokenizer)) {
  decoding_.max_new_tokens = tasks_.max_new_tokens;
  decoding_.stops = decoding::load_stops(model_->config(), *chat_.tokenizer);
}

data::Batch TaskRunner::prompts(const std::vector<data::Conversation>& samples) const {
  return maker_.make_prompts(samples, 0);
}

void TaskRunner::ask(const std::vector<const PendingQuestion*>& asked,
                     std::vector<metrics::TaskAnswer>& answers) {
  std::vector<data::Conversation> samples;
  Rows rows;
  for (const auto* one : asked)
    samples.push_back(one->sample), rows.push_back(&answers[one->place]);
  switch (answer_method(tasks_, *rows.front())) {
    case AnswerMethod::words:
      return generate_words(prompts(samples), rows);
    case AnswerMethod::yes_no:
      return weigh_yes_no(prompts(samples), rows);
    case AnswerMethod::options:
      return weigh_options(prompts(samples), rows);
    case AnswerMethod::labels:
      return weigh_labels(samples, rows);
  }
}

void TaskRunner::generate_words(const data::Batch& batch, const Rows& rows) {
  const auto decoded = decoding::decode(model_, batch, decoding_);
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i]->answer = chat_.tokenizer->decode(decoded[i].tokens);
}

void TaskRunner::weigh_yes_no(const data::Batch& batch, const Rows& rows) {
  const auto yes = decoding::yes_probabilities(model_, batch, variants_);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i]->probability = {yes[i], 1 - yes[i]};
}

void TaskRunner::weigh_options(const data::Batch& batch, const Rows& rows) {
  std::vector<decoding::OptionTokens> options;
  for (const auto* row : rows)
    options.push_back(decoding::encode_options(*chat_.tokenizer, row->options));
  const auto scores = decoding::option_scores(model_, batch, options, content_free_);
  const auto& rule = tasks_.option_score;
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i]->probability = decoding::option_probabilities(rule == "sum"   ? scores[i].sum
                                                          : rule == "pmi" ? scores[i].pmi
                                                                          : scores[i].mean);
}

void TaskRunner::weigh_labels(const std::vector<data::Conversation>& samples, const Rows& rows) {
  std::vector<data::Conversation> asked;
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const auto& label : rows[i]->options) asked.push_back(about_label(samples[i], label));
  const auto batch = prompts(asked);
  const auto yes = decoding::yes_probabilities(model_, batch, variants_);
  const auto alone =
      tasks_.option_score == "pmi"
          ? decoding::yes_probabilities(
                model_, without_pages(batch, *chat_.tokenizer->id("<|image|>")), {}, variants_)
          : std::vector<double>{};
  std::size_t at = 0;
  for (auto* row : rows)
    for (std::size_t o = 0; o < row->options.size(); ++o, ++at)
      row->probability.push_back(alone.empty() ? yes[at] : against_blind(yes[at], alone[at]));
}

}  // namespace ecg_lora::asking
