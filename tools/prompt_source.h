// Batches of prompts that end where the answer begins: every label of a record as a row on one image.
#pragma once

#include <vector>

#include "recipe.h"

namespace ecg_lora::tools {

class PromptSource : public data::BatchSource {
 public:
  PromptSource(DataSet set, std::vector<instruct::Sample> samples, const data::DataConfig& data, const render::PageConfig& page, int images,
               std::int64_t pad_id);
  std::int64_t size() const override;
  data::Batch get(std::int64_t epoch, std::int64_t index) override;
  /// Samples of batch `index`, in the order of its rows.
  std::vector<const instruct::Sample*> samples(std::int64_t index) const;

 private:
  DataSet set_;
  std::vector<instruct::Sample> samples_;
  data::DataConfig data_;
  render::PageConfig page_;
  int images_;
  std::int64_t pad_id_, image_id_;
};

/// A prompt as a row of a batch; nothing is labelled.
data::Row prompt_row(const text::Tokenizer& tokenizer, const std::vector<text::Turn>& turns, std::int64_t image);

}  // namespace ecg_lora::tools
