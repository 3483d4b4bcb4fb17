#include "prompt_source.h"

#include <algorithm>

namespace ecg_lora::tools {

PromptSource::PromptSource(DataSet set, std::vector<instruct::Sample> samples,
                           const data::DataConfig& data, const data::PageMaker& pages,
                           const data::BatchConfig& batch, std::int64_t pad_id)
    : set_(std::move(set)),
      samples_(std::move(samples)),
      data_(data),
      maker_(set_.chat, pages, batch, pad_id) {}

std::int64_t PromptSource::size() const {
  const std::int64_t images = maker_.config().images;
  return (static_cast<std::int64_t>(samples_.size()) + images - 1) / images;
}

std::vector<const instruct::Sample*> PromptSource::samples(std::int64_t index) const {
  const auto images = static_cast<std::size_t>(maker_.config().images);
  const auto begin = static_cast<std::size_t>(index) * images,
             end = std::min(samples_.size(), begin + images);
  std::vector<const instruct::Sample*> result;
  for (auto i = begin; i < end; ++i) result.push_back(&samples_[i]);
  return result;
}

std::size_t PromptSource::rows_before(std::int64_t index) const {
  std::size_t rows = 0;
  for (std::int64_t i = 0; i < index; ++i)
    for (const auto* sample : samples(i)) rows += sample->questions.size();
  return rows;
}

data::Batch PromptSource::get(std::int64_t epoch, std::int64_t index) {
  std::vector<data::Sample> rows;
  for (const auto* sample : samples(index)) {
    const auto& record = set_.database->records[static_cast<std::size_t>(sample->index)];
    for (const auto& question : sample->questions)
      rows.push_back(data::question_sample(*set_.database, record, data_.sampling_rate, question));
  }
  return maker_.make_prompts(rows, epoch);
}

}  // namespace ecg_lora::tools
