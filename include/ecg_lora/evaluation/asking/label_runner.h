// Asks a model about the labels of records, one by one: P(yes) of each.
#pragma once

#include <memory>
#include <optional>

#include "ecg_lora/data/loader/ecg_source.h"
#include "ecg_lora/data/loader/prompt_source.h"
#include "ecg_lora/ecg/ptbxl/labels.h"
#include "ecg_lora/evaluation/asking/question_batches.h"
#include "ecg_lora/inference/decoding/likelihood.h"

namespace ecg_lora::asking {

/// The records of the validation and test folds of `data`, with a question per label; `limit` keeps
/// that many, evenly spread, 0 all.
std::vector<instruct::RecordQuestions> records_to_ask(const data::DataConfig& data,
                                                      const ptbxl::Database& database,
                                                      const ptbxl::LabelSet& labels, int limit);

/// The page of each record of `samples`, drawn from the recording at `sampling_rate` Hz.
std::vector<data::PageRef> record_pages(const ptbxl::Database& database,
                                        const std::vector<instruct::RecordQuestions>& samples,
                                        int sampling_rate);

/// The questions, and how they are asked.
struct LabelQuestions {
  std::shared_ptr<const ptbxl::Database> database;
  std::shared_ptr<const ptbxl::LabelSet> labels;
  text::ChatFormat chat;
  std::vector<instruct::RecordQuestions> samples;
  int sampling_rate = 100;  ///< Hz
  data::PageMaker pages;
  data::BatchConfig batch;
  int limit = 0;  ///< as of records_to_ask(); written into each line
};

/// A batch is the questions on batch.images records; its lines are those of predictions.jsonl.
class LabelRunner : public QuestionBatches {
 public:
  LabelRunner(LabelQuestions questions, OpenModel open_model);
  void open() override;
  std::int64_t size() const override { return prompts_->size(); }
  Resumed resume(const std::vector<std::string>& lines, const std::filesystem::path& file) override;
  void start(std::int64_t begin, int rank, int ranks) override;
  std::string ask(std::int64_t batch) override;
  void take(std::int64_t, const std::string&, const std::filesystem::path&) override {}
  void write(const std::filesystem::path& file, const std::string& lines) override;

 private:
  int ecg_id(const instruct::RecordQuestions& sample) const;

  LabelQuestions questions_;
  OpenModel open_model_;
  std::optional<model::Mllama> model_;
  decoding::AnswerVariants variants_;
  std::unique_ptr<data::PromptSource> source_;   ///< until start()
  const data::PromptSource* prompts_ = nullptr;  ///< the same, also after start()
  std::unique_ptr<data::BatchSource> own_;       ///< the batches of this rank
  std::int64_t begin_ = 0, ranks_ = 1;
};

}  // namespace ecg_lora::asking
