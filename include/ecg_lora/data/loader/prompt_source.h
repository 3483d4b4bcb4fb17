// Batches of prompts that end where the answer begins: every label of a record as a row on one
// image.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/data/loader/batch_maker.h"
#include "ecg_lora/instruct/format/record_questions.h"

namespace ecg_lora::data {

/// A record that cannot be read is a data error of get(), whatever data.on_bad_sample says: scores
/// over fewer records would be other scores.
class PromptSource : public BatchSource {
 public:
  /// `sampling_rate` in Hz, of the recordings that pages are drawn from. `samples` index the
  /// records of `database`.
  PromptSource(std::shared_ptr<const ptbxl::Database> database,
               std::vector<instruct::RecordQuestions> samples, text::ChatFormat chat,
               int sampling_rate, const PageMaker& pages, const BatchConfig& batch,
               std::int64_t pad_id);
  std::int64_t size() const override;
  Batch get(std::int64_t epoch, std::int64_t index) override;
  /// Samples of batch `index`; its rows are their questions, in order.
  std::vector<const instruct::RecordQuestions*> samples(std::int64_t index) const;

 private:
  std::shared_ptr<const ptbxl::Database> database_;
  std::vector<instruct::RecordQuestions> samples_;
  int sampling_rate_;
  BatchMaker maker_;
};

}  // namespace ecg_lora::data
