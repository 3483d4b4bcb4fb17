// Paired comparison of two runs on the same records.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/metrics/labels/scores.h"
#include "ecg_lora/metrics/statistics/difference.h"

namespace ecg_lora::metrics {

/// The predictions of one run, with those of the folds that choose its thresholds apart.
struct LabelRun {
  std::string name;
  std::vector<Prediction> validation, test;
  std::vector<std::string> labels = {};  ///< see EvaluationOptions::labels
};

/// Differences on one label, second run minus first.
struct LabelDifference {
  std::string label;
  std::int64_t records = 0, positives = 0;
  PerMetric<Difference> metrics;
  std::optional<DelongDifference> delong;
  std::optional<double> p_holm;  ///< DeLong's p, adjusted by Holm over the labels
};

struct LabelComparison {
  std::string first, second;  ///< names of the runs
  PerMetric<Difference> macro, weighted, micro;
  std::array<Difference, kSetMetricCount> sets;
  std::vector<LabelDifference> labels;
  std::int64_t records = 0, patients = 0;
  /// Pairs of a record and a label that only one of the runs answers; they are left out.
  std::int64_t only_first = 0, only_second = 0;
};

/// On the pairs of a record and a label that both answer. Thresholds are each run's own, by `rule`.
/// Data error if the two disagree about a reference label, a patient or a fold, or share no pair.
LabelComparison compare(const LabelRun& first, const LabelRun& second, const ThresholdRule& rule,
                        const IntervalOptions& options);

}  // namespace ecg_lora::metrics
