// Runs of ecg-lora eval side by side, with paired differences of each from the first.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/metrics/labels/thresholds.h"
#include "ecg_lora/metrics/statistics/estimates.h"

namespace ecg_lora::evaluation {

/// A comparison for the terminal, as HTML, and as JSON.
struct ComparisonOutput {
  std::string table, page;
  Json json;
};

/// Scores the runs of `folders`, all of labels or all of instruction tasks, and compares them.
/// `rule` chooses thresholds of labels. Usage error for fewer than two folders; data error for runs
/// of both kinds, for a folder that ecg-lora eval did not write, or if predictions or the data
/// set's table have changed since a run was scored.
ComparisonOutput compare_runs(const std::vector<std::string>& folders,
                              const metrics::ThresholdRule& rule,
                              const metrics::IntervalOptions& intervals);

}  // namespace ecg_lora::evaluation
