#include "ecg_lora/train/probe/probe.h"

#include <algorithm>
#include <limits>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/suggest.h"
#include "ecg_lora/metrics/statistics/metrics.h"

namespace ecg_lora::probe {
namespace {

namespace fs = std::filesystem;

/// Prompts are never too long to be shown.
data::BatchConfig prompt_batches(data::BatchConfig batch) {
  batch.max_tokens = std::numeric_limits<int>::max();
  return batch;
}

void check_labels(const std::vector<std::string>& wanted, const data::TrainingSources& from) {
  if (!from.database)
    throw_usage(
        "loop.validate_auroc_labels names labels, but data.root is empty, expected a folder in "
        "PTB-XL's layout; name it, or leave the labels away");
  std::vector<std::string> known;
  for (const auto& label : from.labels->labels()) known.push_back(label.name);
  for (const auto& name : wanted)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw_usage("loop.validate_auroc_labels: '", name, "' is not one of data.labels ",
                  from.labels->name(), "; the nearest is '", nearest(name, known), "'");
}

}  // namespace

ValidationProbe::ValidationProbe(const data::TrainingSources& from, const train::LoopConfig& loop,
                                 const data::MixedSource* validation, const model::Mllama& model)
    : model_(model),
      tokenizer_(from.chat.tokenizer),
      page_maker_(from.page, from.image, from.paper, from.seed),
      maker_(from.chat, page_maker_, prompt_batches(from.batch), model_->config().pad_token_id),
      yes_no_(decoding::yes_no_variants(*from.chat.tokenizer)),
      decoding_{.max_new_tokens = loop.validate_max_new_tokens,
                .stops = decoding::load_stops(model_->config(), *from.chat.tokenizer)} {
  if (!loop.validate_auroc_labels.empty()) choose_records(from, loop);
  if (validation) choose_pages(*validation, loop.validate_pages);
}

void ValidationProbe::choose_records(const data::TrainingSources& from,
                                     const train::LoopConfig& loop) {
  const auto& wanted = loop.validate_auroc_labels;
  check_labels(wanted, from);
  const auto all =
      instruct::make_record_questions(*from.database, *from.labels, from.data.valid_folds);
  const auto count = std::min(all.size(), static_cast<std::size_t>(loop.validate_auroc_records));
  std::vector<instruct::RecordQuestions> asked;
  for (std::size_t i = 0; i < count; ++i) {
    asked.push_back(all[i * all.size() / count]);
    std::erase_if(asked.back().questions, [&](const auto& question) {
      return std::find(wanted.begin(), wanted.end(), question.label) == wanted.end();
    });
  }
  records_ = std::make_unique<data::PromptSource>(from.database, std::move(asked), from.chat,
                                                  from.data.sampling_rate, page_maker_, from.batch,
                                                  model_->config().pad_token_id);
}

/// The first sample of a page, then the last of another, in turn: of yes-no questions the first is
/// one with the answer yes, if there is any.
void ValidationProbe::choose_pages(const data::MixedSource& validation, int count) {
  const auto batches = validation.size();
  for (std::int64_t k = 0; k < count; ++k) {
    const auto samples = validation.samples(0, k * batches / count);
    if (samples.empty()) continue;
    const auto pick = static_cast<std::size_t>(k * batches % count) * samples.size() /
                      static_cast<std::size_t>(count);
    const auto same_page = [&](const data::Conversation& s) {
      return s.name == samples[pick].name;
    };
    const auto first = std::find_if(samples.begin(), samples.end(), same_page),
               last = std::find_if_not(first, samples.end(), same_page);
    pages_.push_back(k % 2 == 0 ? *first : *std::prev(last));
  }
}

train::ProbeResult ValidationProbe::ask() {
  train::ProbeResult probe;
  if (records_) ask_labels(probe);
  for (std::size_t i = 0; i < pages_.size(); ++i) probe.answers.push_back(answer(i));
  return probe;
}

void ValidationProbe::ask_labels(train::ProbeResult& probe) {
  std::map<std::string, std::pair<std::vector<double>, std::vector<bool>>> answers;
  for (std::int64_t i = 0; i < records_->size(); ++i) {
    throw_if_interrupted("a validation");
    const auto probabilities = decoding::yes_probabilities(model_, records_->get(0, i), yes_no_);
    std::size_t row = 0;
    for (const auto* sample : records_->samples(i))
      for (const auto& question : sample->questions) {
        answers[question.label].first.push_back(probabilities[row++]);
        answers[question.label].second.push_back(question.positive);
      }
  }
  double sum = 0;
  int defined = 0;
  for (const auto& [label, columns] : answers) {
    const auto auroc = metrics::Ranking(columns.first, columns.second).auroc();
    probe.auroc_of[label] = auroc ? Json(*auroc) : Json();
    if (auroc) sum += *auroc, ++defined;
  }
  if (defined > 0) probe.auroc = sum / defined;
}

Json ValidationProbe::answer(std::size_t page) {
  throw_if_interrupted("a validation");
  const auto& sample = pages_[page];
  const auto expected = sample.turns.back().content;
  const auto batch = maker_.make_prompts({sample}, 0);
  Json result = {
      {"page", page},
      {"sample", sample.name},
      {"question", sample.turns.size() > 1 ? sample.turns[sample.turns.size() - 2].content : ""},
      {"expected", expected}};
  if (batch.rows() == 0) return result;  // its page cannot be made, and data.on_bad_sample is skip
  result["answer"] = tokenizer_->decode(decoding::decode(model_, batch, decoding_).front().tokens);
  if (expected == "Yes" || expected == "No")
    result["p_yes"] = decoding::yes_probabilities(model_, batch, yes_no_).front();
  return result;
}

void ValidationProbe::write_pages(const fs::path& run) const {
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    const auto file = run / "samples" / cat(i, ".png");
    if (!pages_[i].pages.empty() && !fs::exists(file))
      write_file(file, page::encode_png(page_maker_.picture(pages_[i].pages.front(), 0)));
  }
}

}  // namespace ecg_lora::probe
