// Another model's probabilities as predictions.
#pragma once

#include <vector>

#include "ecg_lora/evaluation/scoring/reference_labels.h"
#include "ecg_lora/metrics/statistics/predictions.h"
#include "ecg_lora/metrics/statistics/probabilities.h"
#include "ecg_lora/report/scores_report.h"

namespace ecg_lora::evaluation {

/// One prediction for each probability whose reference label is known. The table's own reference
/// labels, patients and folds come before those of `reference`, which may be null. Data error for a
/// record that is not in the tables, or whose patient, fold or reference label is nowhere. What is
/// left out is counted in `notices`.
std::vector<metrics::Prediction> to_predictions(const metrics::ProbabilityTable& table,
                                                const ReferenceLabels* reference,
                                                std::vector<report::Notice>& notices);

}  // namespace ecg_lora::evaluation
