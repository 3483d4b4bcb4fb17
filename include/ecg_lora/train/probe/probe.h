// What a training run asks its model at each validation: labels whose AUROC is computed, and sample
// pages whose answers are written down.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "ecg_lora/data/loader/prompt_source.h"
#include "ecg_lora/data/loader/training_data.h"
#include "ecg_lora/inference/decoding/decode.h"
#include "ecg_lora/inference/decoding/likelihood.h"
#include "ecg_lora/train/loop/train_job.h"

namespace ecg_lora::probe {

class ValidationProbe {
 public:
  /// Chooses records and sample pages, evenly spread over the validation data. `validation` may be
  /// null. Usage error if loop.validate_auroc_labels names a label that data.labels does not have,
  /// or there is no data.root to take records from.
  ValidationProbe(const data::TrainingSources& from, const train::LoopConfig& loop,
                  const data::MixedSource* validation, const model::Mllama& model);

  bool empty() const { return !records_ && pages_.empty(); }
  /// Asks the model, which is in evaluation mode. Throws Error with ExitCode::interrupted once a
  /// stop was asked for.
  train::ProbeResult ask();
  /// Writes the pages as samples/0.png, samples/1.png, …; those that are there already stay.
  void write_pages(const std::filesystem::path& run) const;

 private:
  void choose_records(const data::TrainingSources& from, const train::LoopConfig& loop);
  void choose_pages(const data::MixedSource& validation, int count);
  void ask_labels(train::ProbeResult& probe);
  Json answer(std::size_t page);

  model::Mllama model_;
  std::shared_ptr<const text::Tokenizer> tokenizer_;
  data::PageMaker page_maker_;
  data::BatchMaker maker_;
  decoding::AnswerVariants yes_no_;
  decoding::DecodeOptions decoding_;
  std::vector<data::Conversation> pages_;
  std::unique_ptr<data::PromptSource> records_;  ///< null if no label is asked
};

}  // namespace ecg_lora::probe
