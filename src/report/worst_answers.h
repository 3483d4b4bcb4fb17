// The worst answers of a task, on its page.
#pragma once

#include <string>

#include "ecg_lora/report/tasks_report.h"

namespace ecg_lora::report {

/// The wrong answers of a task and kind, or the texts farthest from their references, worst first;
/// at most `report.worst`. Empty if there are none.
std::string worst_answers(const TasksReport& report, const metrics::TaskScores& scores);

}  // namespace ecg_lora::report
