// Cohorts whose true scores are known, for the coverage of intervals.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/metrics/statistics/metrics.h"
#include "ecg_lora/metrics/statistics/prediction_table.h"

namespace ecg_lora::metrics::coverage {

/// A label: a record has it with this probability, and the model's score (standard normal without
/// it) is higher by `separation` with it.
struct Label {
  double prevalence = 0, separation = 0;
};

struct Design {
  std::string name, description;
  std::size_t patients = 0;
  double further_records = 0;  ///< mean (Poisson) of records of a patient beyond the first
  std::vector<Label> labels;
};

/// The designs of docs/measurements/evaluation.md.
const std::vector<Design>& designs();

/// Scores of infinitely many records: AUROC in closed form, the others by numeric integration over
/// the score. Only of average precision, F1 at 0.5, Brier score and AUROC.
Values truth_of(const Label& label);

/// The same label for a model that separates better: the second run of a comparison.
Label better(const Label& label, std::size_t number);

/// One cohort, seen by two models whose scores are correlated. A patient's records share most of
/// what decides about the label and some of the score.
struct Cohort {
  PredictionTable first, second;
};
Cohort draw(const Design& design, std::uint64_t seed, std::uint64_t number);

}  // namespace ecg_lora::metrics::coverage
