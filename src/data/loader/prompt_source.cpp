#include "ecg_lora/data/loader/prompt_source.h"

#include <algorithm>

#include "ecg_lora/data/loader/ecg_source.h"

namespace ecg_lora::data {

PromptSource::PromptSource(std::shared_ptr<const ptbxl::Database> database,
                           std::vector<instruct::RecordQuestions> samples, text::ChatFormat chat,
                           int sampling_rate, const PageMaker& pages, const BatchConfig& batch,
                           std::int64_t pad_id)
    : database_(std::move(database)),
      samples_(std::move(samples)),
      sampling_rate_(sampling_rate),
      maker_(std::move(chat), pages, batch, pad_id) {}

std::int64_t PromptSource::size() const {
  const std::int64_t images = maker_.config().images;
  return (static_cast<std::int64_t>(samples_.size()) + images - 1) / images;
}

std::vector<const instruct::RecordQuestions*> PromptSource::samples(std::int64_t index) const {
  const auto images = static_cast<std::size_t>(maker_.config().images);
  const auto begin = static_cast<std::size_t>(index) * images,
             end = std::min(samples_.size(), begin + images);
  std::vector<const instruct::RecordQuestions*> result;
  for (auto i = begin; i < end; ++i) result.push_back(&samples_[i]);
  return result;
}

Batch PromptSource::get(std::int64_t epoch, std::int64_t index) {
  std::vector<Conversation> rows;
  for (const auto* sample : samples(index)) {
    const auto& record = database_->records[static_cast<std::size_t>(sample->index)];
    for (const auto& question : sample->questions)
      rows.push_back(question_conversation(*database_, record, sampling_rate_, question));
  }
  return maker_.make_prompts(rows, epoch);
}

}  // namespace ecg_lora::data
