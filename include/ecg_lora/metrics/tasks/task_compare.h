// Paired comparison of two runs on the same questions of instruction tasks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/metrics/statistics/difference.h"
#include "ecg_lora/metrics/tasks/task_scores.h"

namespace ecg_lora::metrics {

struct TaskRun {
  std::string name;
  std::vector<TaskAnswer> answers;
};

/// The questions of one task and kind that both runs have, or one type of question among them.
struct TaskDifference {
  std::string task, type;  ///< type: empty for all
  AnswerKind kind = AnswerKind::text;
  std::int64_t questions = 0, records = 0, patients = 0;
  std::vector<Difference> metrics = {};  ///< in the order of metrics_of(kind)
  /// Questions that one run alone answers wholly right; 0 of text.
  std::int64_t only_first_right = 0, only_second_right = 0;
  /// p of the first metric, adjusted by Holm over the whole tasks; empty for a type.
  std::optional<double> p_holm = {};
};

struct TaskComparison {
  std::string first, second;          ///< names of the runs
  std::vector<TaskDifference> tasks;  ///< in the order of score_tasks()
  /// Questions that one run alone has; they are left out.
  std::int64_t only_first = 0, only_second = 0;
};

/// On the questions that both runs have, by task and id. What cannot be read or has no answer is
/// wrong, as in score_tasks(). Data error if the two disagree about kind, options, right answer,
/// page or patient (one that does not know the patient takes the other's), or share no question.
TaskComparison compare(const TaskRun& first, const TaskRun& second, const IntervalOptions& options);

}  // namespace ecg_lora::metrics
