// From answers to instruction tasks to scores.json, report.html and the table: no model, no torch.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ecg_lora/evaluation/scoring/scored_output.h"
#include "ecg_lora/evaluation/scoring/task_source.h"
#include "ecg_lora/report/tasks_report.h"

namespace ecg_lora::evaluation {

/// What is scored, and how.
struct TaskScoringRun : AnswersRun {
  std::vector<metrics::TaskAnswer> answers;
  std::vector<report::Notice> notices;
  metrics::IntervalOptions intervals;
  std::size_t worst = 12;  ///< answers of each task and kind to show on the page
  std::string score;       ///< how the answers were made, in words
  bool keep = false;       ///< also write them to predictions.jsonl of `output`: they are another
                           ///< model's
  bool pulse = false;      ///< also the published scorer's figures
  /// PNG bytes of the pages of a question; may be empty.
  std::function<std::string(const metrics::TaskAnswer&)> png = {};
};

/// Writes scores.json and report.html (and predictions.jsonl, see keep) to `output`, prints the
/// table. Usage error if `pulse` is set and no task is one that the published scorer knows.
void score_tasks_and_report(TaskScoringRun run);

/// The answers to `limit` questions of each task, evenly spread, with `sample` set; 0 for all.
std::vector<metrics::TaskAnswer> some_answers(std::vector<metrics::TaskAnswer> all, int limit);

}  // namespace ecg_lora::evaluation
