// Scores of instruction tasks for programs (scores.json), for the terminal and as a page
// (report.html).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ecg_lora/metrics/tasks/pulse_scorer.h"
#include "ecg_lora/metrics/tasks/task_scores.h"
#include "ecg_lora/report/scores_report.h"

namespace ecg_lora::report {

/// What a report on instruction tasks shows.
struct TasksReport {
  std::vector<metrics::TaskScores> scores;
  std::vector<metrics::TaskAnswer> answers;  ///< that were scored
  std::vector<metrics::PulseScores> pulse;   ///< of --compat pulse; empty without
  metrics::IntervalOptions intervals;
  std::size_t worst = 12;  ///< answers of each task and kind to show on the page
  std::string title = "Evaluation of tasks";
  /// PNG bytes of the pages of a question, as `record` names them; empty for none.
  std::function<std::string(const metrics::TaskAnswer&)> png = {};
};

/// scores.json of tasks (docs/formats/scores.md).
Json tasks_json(const TasksReport& report, const Provenance& provenance);
std::string tasks_table(const TasksReport& report, const Provenance& provenance);
/// report.html: a whole page that needs no other file.
std::string tasks_page(const TasksReport& report, const Provenance& provenance);

/// Stands with the figures of the published scorer, in every output.
inline constexpr const char* kPulseMark =
    "COMPAT PULSE: these figures are those of the scorer published with ECGBench, for comparison "
    "with published ones. It finds labels as substrings, "
    "negated or not, draws what it cannot read by lot, and calls balanced accuracy AUC. They are "
    "not this program's scores, which are given as well.";

}  // namespace ecg_lora::report
