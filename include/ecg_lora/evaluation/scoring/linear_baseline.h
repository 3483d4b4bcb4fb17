// A linear model on simple numbers about each trace, as a baseline.
#pragma once

#include <optional>

#include "ecg_lora/ecg/ptbxl/database.h"
#include "ecg_lora/evaluation/scoring/score_source.h"
#include "ecg_lora/report/scores_report.h"

namespace ecg_lora::evaluation {

struct LinearConfig {
  std::vector<int> train_folds;
  int sampling_rate = 100;  ///< Hz
  int records = 4000;       ///< most to train on, evenly spread; 0 for all
};

/// Logistic regression (C = 1) for each label on features::trace_features of the train folds'
/// recordings, standardised there; thresholds by `rule` on the validation folds. Nothing, and a
/// notice, where a recording of `input` is not at hand or none can be trained on. Recordings that
/// cannot be read count as without measurements.
std::optional<metrics::Baseline> linear_baseline(const ScoreInput& input,
                                                 const ReferenceConfig& reference,
                                                 const LinearConfig& config,
                                                 const metrics::ThresholdRule& rule,
                                                 std::vector<report::Notice>& notices);

}  // namespace ecg_lora::evaluation
