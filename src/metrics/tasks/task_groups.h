// Answers to instruction tasks in the groups that are scored together.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/metrics/tasks/task_answers.h"

namespace ecg_lora::metrics {

struct TaskGroup {
  std::string task, type;
  AnswerKind kind;
  std::vector<TaskAnswer> answers;
};

/// All answers of a task and kind, and after them those of each type, if there are several.
std::vector<TaskGroup> task_groups(const std::vector<TaskAnswer>& answers);

/// Number of each answer's patient, and how many there are. A page without a known patient counts
/// as one.
std::vector<std::size_t> task_patients(const std::vector<TaskAnswer>& answers, std::size_t& count);

}  // namespace ecg_lora::metrics
