// The questions of instruction tasks, in batches that are answered by one method.
#pragma once

#include <optional>

#include "ecg_lora/evaluation/asking/question_batches.h"
#include "ecg_lora/evaluation/asking/task_runner.h"
#include "ecg_lora/report/scores_report.h"
#include "ecg_lora/text/chat_format.h"

namespace ecg_lora::asking {

/// The questions that can be asked, batched by answer method and number of pages; their lines are
/// those of metrics::to_line(TaskAnswer).
class TaskQuestions : public QuestionBatches {
 public:
  /// Finds the pages of `questions`; what is left out is counted in `notices`. Data error if a
  /// question has no page or does not fit the chat template and settings.skip_bad is not set, or if
  /// no question is left.
  TaskQuestions(TaskSettings settings, text::ChatFormat chat,
                const std::vector<TaskQuestion>& questions, OpenModel open_model,
                std::vector<report::Notice>& notices);
  /// The pages of all questions, one question after the other.
  std::vector<data::PageRef> pages() const;
  /// In the order of the questions; complete on the first rank only.
  std::vector<metrics::TaskAnswer> answers() const;

  void open() override;
  std::int64_t size() const override { return static_cast<std::int64_t>(batches_.size()); }
  Resumed resume(const std::vector<std::string>& lines, const std::filesystem::path& file) override;
  void start(std::int64_t, int, int) override {}
  std::string ask(std::int64_t batch) override;
  void take(std::int64_t batch, const std::string& lines,
            const std::filesystem::path& file) override;
  void write(const std::filesystem::path& file, const std::string& lines) override;

 private:
  void take_line(const PendingQuestion& one, const std::string& line, const std::string& place);

  TaskSettings settings_;
  text::ChatFormat chat_;
  OpenModel open_model_;
  std::vector<metrics::TaskAnswer> answers_;  ///< by the places of the questions
  std::vector<PendingQuestion> pending_;
  std::vector<std::vector<const PendingQuestion*>> batches_;  ///< of pending_
  std::optional<TaskRunner> runner_;
};

}  // namespace ecg_lora::asking
