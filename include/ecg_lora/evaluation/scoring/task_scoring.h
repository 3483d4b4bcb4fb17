// From answers to instruction tasks to scores.json, report.html and the table. No model, no torch.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ecg_lora/evaluation/scoring/scored_output.h"
#include "ecg_lora/evaluation/scoring/task_source.h"
#include "ecg_lora/report/tasks_report.h"

namespace ecg_lora::evaluation {

struct TaskScoringRun : AnswersRun {
  std::vector<metrics::TaskAnswer> answers;
  std::vector<report::Notice> notices;
  metrics::IntervalOptions intervals;
  std::size_t worst = 12;
  std::string score;   ///< how the answers came about
  bool keep = false;   ///< write the answers to predictions.jsonl of `output`, as they come from
                       ///< another model
  bool pulse = false;  ///< also the published scorer's figures
  std::function<std::string(const metrics::TaskAnswer&)> png = {};
};

/// Writes scores.json and report.html (and predictions.jsonl, see keep) to `output`, prints the
/// table. Usage error where `pulse` is asked for and no task is one that the published scorer
/// knows.
void score_tasks_and_report(TaskScoringRun run);

/// Answers to so many questions of each task, evenly spread.
std::vector<metrics::TaskAnswer> some_answers(std::vector<metrics::TaskAnswer> all, int limit);

}  // namespace ecg_lora::evaluation
