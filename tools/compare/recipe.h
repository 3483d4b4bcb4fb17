// The recipe of ecg-lora compare: runs, intervals, thresholds.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/metrics/labels/thresholds.h"
#include "ecg_lora/metrics/statistics/estimates.h"

namespace ecg_lora::tools {

struct CompareRecipe {
  std::vector<std::string> runs;
  std::string out;  ///< empty: only the table
  metrics::ThresholdRule rule;
  metrics::IntervalOptions intervals;
};

/// Table to stdout; compare.html and compare.json to `out`, if it is given.
int run_compare(CompareRecipe recipe);

}  // namespace ecg_lora::tools
