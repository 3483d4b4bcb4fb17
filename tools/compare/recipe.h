// The recipe of ecg-lora compare: runs, intervals, thresholds.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/score/bootstrap.h"
#include "ecg_lora/score/thresholds.h"

namespace ecg_lora::tools {

struct CompareRecipe {
  std::vector<std::string> runs;
  std::string out;  ///< empty: only the table
  score::ThresholdRule rule;
  score::BootstrapOptions bootstrap;
};

/// Table to stdout; compare.html and compare.json to `out`, if it is given.
int run_compare(CompareRecipe recipe);

}  // namespace ecg_lora::tools
