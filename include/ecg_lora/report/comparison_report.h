// Runs side by side, and the differences of each from the first.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/score/compare.h"
#include "ecg_lora/score/evaluation.h"

namespace ecg_lora::report {

struct ComparedRun {
  std::string name, folds, sample;  ///< sample: why it is a part of the test set only; empty where it is whole
  score::Scores scores;             ///< on all its own test predictions
};

struct ComparisonReport {
  std::vector<ComparedRun> runs;
  std::vector<score::Comparison> differences;  ///< of each run but the first from the first
  score::ThresholdRule rule;
  score::BootstrapOptions bootstrap;
};

Json comparison_json(const ComparisonReport& report);
std::string comparison_table(const ComparisonReport& report);
/// A page that stands alone.
std::string comparison_page(const ComparisonReport& report);

}  // namespace ecg_lora::report
