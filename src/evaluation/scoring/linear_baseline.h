// A linear model on simple numbers about each trace, as a baseline.
#pragma once

#include <optional>
#include <vector>

#include "ecg_lora/evaluation/scoring/label_scoring.h"
#include "score_source.h"

namespace ecg_lora::evaluation {

/// Logistic regression (C = 1) for each label on features::trace_features of the train folds'
/// recordings, standardised there; thresholds by `rule` on the validation folds. Empty, with a
/// notice, if a recording of `input` is missing or none can be trained on. Recordings that cannot
/// be read count as without measurements.
std::optional<metrics::Baseline> linear_baseline(const ScoreInput& input,
                                                 const ReferenceConfig& reference,
                                                 const LinearConfig& config,
                                                 const metrics::ThresholdRule& rule,
                                                 std::vector<report::Notice>& notices);

}  // namespace ecg_lora::evaluation
