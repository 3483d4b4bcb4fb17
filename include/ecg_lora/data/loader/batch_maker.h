// From conversations about pages to a batch. Training, evaluation and prediction all go through
// here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/data/loader/page_maker.h"
#include "ecg_lora/data/loader/skip_log.h"
#include "ecg_lora/instruct/format/instruction_file.h"
#include "ecg_lora/text/chat.h"

namespace ecg_lora::data {

/// How batches are put together; visit() describes each field.
struct BatchConfig {
  int images = 8;
  int questions = 0;
  bool balanced = true;
  int workers = 1;
  int max_tokens = 1024;
  std::string too_long = "stop";
  template <class V>
  void visit(V& v) {
    v.field("images", images, "recordings per batch").range(1, 65536);
    v.field("questions", questions, "questions drawn for each recording; 0 for all labels")
        .range(0, 65536);
    v.field("balanced", balanced, "draw yes and no in equal numbers if both exist");
    v.field("workers", workers, "threads that draw pages; changes no byte of any batch")
        .range(0, 256);
    v.field("max_tokens", max_tokens, "longest row, tokens").range(8, 131072);
    v.field("too_long", too_long,
            "a longer row: stop is an error, skip leaves it out, cut drops its end")
        .one_of({"stop", "skip", "cut"});
  }
};

/// Tokens and labels of one row, before padding.
struct Row {
  std::vector<std::int64_t> tokens, labels;  ///< equally long; -100 for what is not learnt
  /// Indices into the images of the batch, in the order of the row's <|image|> tokens.
  std::vector<std::int64_t> images;
  std::int64_t sample_id = 0;  ///< Conversation::id
};

/// Pads `rows` on the right with `pad_id` and stacks `images`, which are of one processor. A token
/// may attend to an image from its <|image|> token (`image_id`) on, up to the next one that is not
/// in the same run of them, as transformers' Mllama processor has it; padding to none.
Batch collate(const std::vector<Row>& rows, const std::vector<Tiles>& images, std::int64_t pad_id,
              std::int64_t image_id);

/// A sample as the model takes it: a conversation about pages.
struct Conversation {
  std::vector<text::Turn> turns;  ///< the assistant's answer last
  std::vector<PageRef> pages;     ///< in the order in which the turns show them
  std::int64_t id = 0;  ///< for the trainer's messages: a record's number, or its place in a source
  std::string name;     ///< for messages: "a.json: item 3 at byte 900"
};

class BatchMaker {
 public:
  /// `log` takes the samples that are left out; with on_bad stop none is, but for too long ones if
  /// the config says so. Checkpoint error if the tokenizer has no <|image|> token.
  BatchMaker(text::ChatFormat chat, const PageMaker& pages, const BatchConfig& batch,
             std::int64_t pad_id, instruct::OnBad on_bad = instruct::OnBad::stop,
             std::shared_ptr<SkipLog> log = nullptr);

  /// The batch of `conversations` in `epoch`: a row each, each page made once. Every turn of the
  /// assistant is labelled. Conversations whose page cannot be made throw a data error, or are left
  /// out: the batch is smaller then, without rows if need be. Usage error for one that is too long
  /// if the config says stop, data error for one that shows another number of images than it has
  /// pages. Thread-safe.
  Batch make(const std::vector<Conversation>& conversations, std::int64_t epoch) const;
  /// The same up to where the last answer begins, with nothing labelled.
  Batch make_prompts(const std::vector<Conversation>& conversations, std::int64_t epoch) const;

  /// Tokens of the conversation's row, uncut.
  std::size_t length(const Conversation& conversation) const;
  text::PromptLayout layout() const { return chat_.layout; }
  const BatchConfig& config() const { return batch_; }
  StageTimes& times() const { return pages_.times(); }

 private:
  Batch assemble(const std::vector<Conversation>& conversations, std::int64_t epoch,
                 bool prompts) const;
  Row make_row(const Conversation& conversation, bool prompt) const;
  bool shorten(Row& row, const Conversation& conversation) const;

  text::ChatFormat chat_;
  PageMaker pages_;
  BatchConfig batch_;
  std::int64_t pad_id_, image_id_;
  instruct::OnBad on_bad_;
  std::shared_ptr<SkipLog> log_;
};

}  // namespace ecg_lora::data
