// A model that answers questions of instruction tasks, in words or by likelihoods.
#pragma once

#include <cstdint>
#include <vector>

#include "ecg_lora/data/loader/batch_maker.h"
#include "ecg_lora/evaluation/asking/answer_method.h"
#include "ecg_lora/inference/decoding/decode.h"
#include "ecg_lora/inference/decoding/likelihood.h"
#include "ecg_lora/instruct/format/resolver.h"

namespace ecg_lora::asking {

/// How tasks are asked.
struct TaskSettings {
  TasksConfig tasks;
  instruct::Roots roots;  ///< where pages are found
  bool skip_bad = false;  ///< leave out and count what cannot be asked; else it is a data error
  data::PageMaker pages;
  data::BatchConfig batch;
};

/// A question whose pages were found.
struct PendingQuestion {
  std::size_t place = 0;  ///< in the list of questions
  data::Conversation sample;
};

class TaskRunner {
 public:
  /// `model` is in evaluation mode; its config and the tokenizer give the tokens that end an
  /// answer.
  TaskRunner(const TaskSettings& settings, text::ChatFormat chat, model::Mllama model);
  /// Fills those of `answers` that `asked` names by their place: a batch of one answer method, and
  /// of one number of pages per question.
  void ask(const std::vector<const PendingQuestion*>& asked,
           std::vector<metrics::TaskAnswer>& answers);

 private:
  using Rows = std::vector<metrics::TaskAnswer*>;
  data::Batch prompts(const std::vector<data::Conversation>& samples) const;
  void generate_words(const data::Batch& batch, const Rows& rows);
  void weigh_yes_no(const data::Batch& batch, const Rows& rows);
  void weigh_options(const data::Batch& batch, const Rows& rows);
  void weigh_labels(const std::vector<data::Conversation>& samples, const Rows& rows);

  TasksConfig tasks_;
  text::ChatFormat chat_;
  model::Mllama model_;
  data::BatchMaker maker_;
  decoding::AnswerVariants variants_;
  std::vector<std::int64_t> content_free_;
  decoding::DecodeOptions decoding_;
};

}  // namespace ecg_lora::asking
