#include "ecg_lora/inference/predictor/predictor.h"

#include <algorithm>
#include <limits>

#include "ecg_lora/base/error.h"
#include "ecg_lora/data/loader/batch_maker.h"
#include "ecg_lora/ecg/ptbxl/label_list.h"
#include "ecg_lora/ecg/ptbxl/wording_use.h"
#include "ecg_lora/inference/decoding/likelihood.h"

namespace ecg_lora::inference {
namespace {

void add_labels(const Questions& questions, const ModelChoice& choice,
                std::vector<Answer>& answers) {
  const auto set = ptbxl::load_labels(questions.labels, questions.data, questions.wording);
  for (const auto* folder : {&choice.adapter, &choice.base})
    ptbxl::warn_of_other_words(*folder, set.wording);
  for (const auto& label : set.labels) {
    Answer answer{label.name, label.description, set.wording.question(label.words)};
    if (!set.of_file) answer.wording = set.wording.tag();
    answers.push_back(std::move(answer));
  }
}

/// The prompts of some answers on one page, and where what comes of them goes.
struct PromptBatch {
  std::vector<data::Conversation> samples;
  std::vector<Answer*> answers;

  void add(const data::Conversation& sample, Answer& answer) {
    samples.push_back(sample), answers.push_back(&answer);
  }
};

/// The prompts about a page: those whose likelihoods are asked, and those that are answered in
/// words.
struct PagePrompts {
  PromptBatch likely, spoken;
};

PagePrompts prompts_on(const data::PageRef& page, std::vector<Answer>& answers,
                       bool probabilities) {
  PagePrompts prompts;
  for (auto& one : answers) {
    const data::Conversation sample{
        {{"user", one.question, 1}}, {page}, 0, "the question '" + one.question + "'"};
    if (probabilities || !one.label.empty()) prompts.likely.add(sample, one);
    if (one.label.empty()) prompts.spoken.add(sample, one);
  }
  return prompts;
}

}  // namespace

std::vector<Answer> answers_to_fill(const Questions& questions, const ModelChoice& choice) {
  if (questions.questions.empty() && questions.labels.empty())
    throw_usage("expected --question or --labels, got neither; give at least one");
  std::vector<Answer> answers;
  if (!questions.labels.empty())
    add_labels(questions, choice, answers);
  else if (!questions.wording.empty())
    throw_usage("--wording ", questions.wording,
                " is for --labels, which are not given; leave it out");
  for (const auto& question : questions.questions)
    if (question.find_first_not_of(" \t\r\n") == std::string::npos)
      throw_usage("--question is empty, expected words; give a question or leave it out");
  for (const auto& question : questions.questions) answers.push_back({{}, {}, question});
  return answers;
}

plan::Prompts prompts_of(const std::vector<Answer>& answers, std::int64_t max_new_tokens) {
  constexpr std::size_t around = 32;  // tokens of the chat format
  plan::Prompts prompts{1, static_cast<std::int64_t>(answers.size()), 0, 0};
  for (const auto& one : answers) {
    const auto tokens = static_cast<std::int64_t>(around + one.question.size() / 3);
    prompts.tokens = std::max(prompts.tokens, tokens);
    if (one.label.empty()) prompts.max_new_tokens = max_new_tokens;
  }
  return prompts;
}

Predictor::Predictor(OpenModel model, const decoding::DecodeOptions& decoding, bool probabilities)
    : open_(std::move(model)),
      pages_({}, open_.formats.image),
      decoding_(decoding),
      probabilities_(probabilities) {
  decoding_.stops = open_.stops();
}

void Predictor::answer(const data::PageRef& page, std::vector<Answer>& answers) {
  const at::NoGradGuard guard;
  auto& model = open_.model;
  const auto& chat = open_.formats.chat;
  data::BatchConfig config;
  config.max_tokens = std::numeric_limits<int>::max();
  const data::BatchMaker maker(chat, pages_, config, model->config().pad_token_id);
  const auto [likely, spoken] = prompts_on(page, answers, probabilities_);
  at::Tensor images;
  const auto make = [&](const std::vector<data::Conversation>& samples) {
    const auto batch = maker.make_prompts(samples, 0);
    if (!images.defined()) images = model->encode_images(batch);
    return batch;
  };
  const auto& tokenizer = *chat.tokenizer;
  if (!spoken.samples.empty()) {
    const auto decoded = decoding::decode(model, make(spoken.samples), images, decoding_);
    for (std::size_t i = 0; i < decoded.size(); ++i)
      spoken.answers[i]->decoded = decoded[i],
      spoken.answers[i]->text = tokenizer.decode(decoded[i].tokens);
  }
  if (likely.samples.empty()) return;
  const auto p = decoding::yes_probabilities(model, make(likely.samples), images,
                                             decoding::yes_no_variants(tokenizer));
  for (std::size_t i = 0; i < p.size(); ++i) likely.answers[i]->p_yes = p[i];
}

}  // namespace ecg_lora::inference
