// Runs side by side, and the differences of each from the first.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/metrics/labels/compare.h"
#include "ecg_lora/metrics/tasks/task_compare.h"
#include "ecg_lora/report/scores_report.h"

namespace ecg_lora::report {

/// Where a run's figures come from.
struct RunOrigin {
  std::string name;
  std::string how;     ///< of labels the discipline of folds, of tasks how answers came about
  std::string sample;  ///< why it is a part of the test set only; empty where it is whole
  std::vector<Notice> notices = {};  ///< what was left out or is missing
  std::string wording = {};  ///< words that asked, or "not stated"; empty if none did, as of tasks
};

/// What keeps differences from being those of the models alone: runs that were asked in different
/// words, or that do not state theirs. Empty if there is nothing to say.
std::string wording_notice(const std::vector<RunOrigin>& runs);

struct ComparedRun {
  RunOrigin origin;
  metrics::Scores scores;  ///< on all its own test predictions
};

struct ComparisonReport {
  std::vector<ComparedRun> runs;
  std::vector<metrics::LabelComparison> differences;  ///< of each run but the first from the first
  metrics::ThresholdRule rule;
  metrics::IntervalOptions intervals;
};

struct ComparedTasks {
  RunOrigin origin;
  std::vector<metrics::TaskScores> scores;  ///< on all its own answers
};

/// Runs on instruction tasks.
struct TaskComparisonReport {
  std::vector<ComparedTasks> runs;
  std::vector<metrics::TaskComparison> differences;  ///< of each run but the first from the first
  metrics::IntervalOptions intervals;
};

Json comparison_json(const ComparisonReport& report);
std::string comparison_table(const ComparisonReport& report);
/// A page that stands alone.
std::string comparison_page(const ComparisonReport& report);

Json task_comparison_json(const TaskComparisonReport& report);
std::string task_comparison_table(const TaskComparisonReport& report);
std::string task_comparison_page(const TaskComparisonReport& report);

}  // namespace ecg_lora::report
