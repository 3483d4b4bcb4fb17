// Baselines of instruction tasks: options drawn by lot, and the commonest right answer.
#pragma once

#include <vector>

#include "ecg_lora/metrics/tasks/task_scores.h"
#include "task_groups.h"
#include "task_statistics.h"

namespace ecg_lora::metrics {

/// Both baselines of yes_no, choice and labels; `statistics` are those of the group's answers,
/// `patient` the number of each answer's patient.
std::vector<TaskBaseline> closed_baselines(const TaskGroup& group,
                                           const ClosedStatistics& statistics,
                                           const std::vector<std::size_t>& patient);

/// The commonest text; there is nothing to draw.
std::vector<TaskBaseline> text_baselines(const TaskGroup& group,
                                         const std::vector<std::size_t>& patient);

}  // namespace ecg_lora::metrics
