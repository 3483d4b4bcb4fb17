#include "prompt_source.h"

#include <algorithm>

#include "ecg_lora/base/error.h"

namespace ecg_lora::tools {

PromptSource::PromptSource(DataSet set, std::vector<instruct::Sample> samples, const data::DataConfig& data, const render::PageConfig& page, int images,
                           std::int64_t pad_id)
    : set_(std::move(set)), samples_(std::move(samples)), data_(data), page_(page), images_(images), pad_id_(pad_id) {
  const auto id = set_.tokenizer->id("<|image|>");
  if (!id) throw_checkpoint("the tokenizer has no token <|image|>, expected that of a LLaMA 3.2 Vision checkpoint; use its tokenizer files");
  image_id_ = *id;
}

std::int64_t PromptSource::size() const { return (static_cast<std::int64_t>(samples_.size()) + images_ - 1) / images_; }

std::vector<const instruct::Sample*> PromptSource::samples(std::int64_t index) const {
  const auto begin = static_cast<std::size_t>(index * images_), end = std::min(samples_.size(), begin + static_cast<std::size_t>(images_));
  std::vector<const instruct::Sample*> result;
  for (auto i = begin; i < end; ++i) result.push_back(&samples_[i]);
  return result;
}

data::Batch PromptSource::get(std::int64_t /*epoch*/, std::int64_t index) {
  std::vector<data::Row> rows;
  std::vector<data::Tiles> images;
  for (const auto* sample : samples(index)) {
    for (const auto& question : sample->questions)
      rows.push_back(prompt_row(*set_.tokenizer, instruct::conversation(question, false), static_cast<std::int64_t>(images.size())));
    const auto& record = set_.database->records[static_cast<std::size_t>(sample->index)];
    images.push_back(data::record_tiles(*set_.database, record, data_.sampling_rate, page_, set_.image));
  }
  return data::collate(rows, images, pad_id_, image_id_);
}

data::Row prompt_row(const text::Tokenizer& tokenizer, const std::vector<text::Turn>& turns, std::int64_t image) {
  data::Row row;
  row.tokens = text::encode_chat(tokenizer, turns, true).ids;
  row.labels.assign(row.tokens.size(), -100);
  row.image = image;
  return row;
}

}  // namespace ecg_lora::tools
