// Paired comparison of two runs on the same questions of instruction tasks.
#pragma once

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
  std::int64_t only_first_right = 0,
               only_second_right =
                   0;  ///< questions that one run alone answers wholly right; 0 of text
  std::optional<double> p_holm =
      {};  ///< p of the first metric, adjusted by Holm over the whole tasks; nothing for a type
};

struct TaskComparison {
  std::string first, second;
  std::vector<TaskDifference> tasks;  ///< in the order of score_tasks()
  std::int64_t only_first = 0,
               only_second = 0;  ///< questions that one run alone has; they are left out
};

/// On the questions that both runs have, by task and id. What is unread or unanswered is wrong, as
/// in score_tasks(). Data error where the two disagree about kind, options, right answer, page or
/// patient (a patient that one of them does not know is the other's), or share no question.
TaskComparison compare(const TaskRun& first, const TaskRun& second, const IntervalOptions& options);

}  // namespace ecg_lora::metrics
