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
  std::string how;     ///< of labels what folds are used for, of tasks how answers were made
  std::string sample;  ///< why it is a part of the test set only; empty if it is whole
  std::vector<Notice> notices = {};  ///< what was left out or is missing
  /// Tags of the wordings that labels were asked in, or "not stated"; empty of probabilities, and
  /// of tasks.
  std::string wording = {};
};

/// Why differences are not those of the models alone: runs were asked in different words, or do not
/// state theirs. Empty if neither is so.
std::string wording_notice(const std::vector<RunOrigin>& runs);

/// A run on labels.
struct ComparedRun {
  RunOrigin origin;
  metrics::Scores scores;  ///< on all its own test predictions
};

/// Runs on labels; at least two.
struct ComparisonReport {
  std::vector<ComparedRun> runs;
  std::vector<metrics::LabelComparison> differences;  ///< of each run but the first from the first
  metrics::ThresholdRule rule;
  metrics::IntervalOptions intervals;
};

/// A run on instruction tasks.
struct ComparedTasks {
  RunOrigin origin;
  std::vector<metrics::TaskScores> scores;  ///< on all its own answers
};

/// Runs on instruction tasks; at least two.
struct TaskComparisonReport {
  std::vector<ComparedTasks> runs;
  std::vector<metrics::TaskComparison> differences;  ///< of each run but the first from the first
  metrics::IntervalOptions intervals;
};

/// compare.json (docs/formats/scores.md).
Json comparison_json(const ComparisonReport& report);
/// The tables on the terminal.
std::string comparison_table(const ComparisonReport& report);
/// compare.html: a whole page that needs no other file.
std::string comparison_page(const ComparisonReport& report);

/// The same for tasks.
Json task_comparison_json(const TaskComparisonReport& report);
std::string task_comparison_table(const TaskComparisonReport& report);
std::string task_comparison_page(const TaskComparisonReport& report);

}  // namespace ecg_lora::report
