// Batches of prompts that end where the answer begins: every label of a record as a row on one
// image.
#pragma once

#include <vector>

#include "recipe.h"

namespace ecg_lora::tools {

/// A record that cannot be read is an error, whatever data.on_bad_sample: scores over fewer records
/// would be other scores.
class PromptSource : public data::BatchSource {
 public:
  PromptSource(DataSet set, std::vector<instruct::Sample> samples, const data::DataConfig& data,
               const data::PageMaker& pages, const data::BatchConfig& batch, std::int64_t pad_id);
  std::int64_t size() const override;
  data::Batch get(std::int64_t epoch, std::int64_t index) override;
  /// Samples of batch `index`, in the order of its rows.
  std::vector<const instruct::Sample*> samples(std::int64_t index) const;
  /// Rows of the batches before `index`.
  std::size_t rows_before(std::int64_t index) const;

 private:
  DataSet set_;
  std::vector<instruct::Sample> samples_;
  data::DataConfig data_;
  data::BatchMaker maker_;
};

}  // namespace ecg_lora::tools
