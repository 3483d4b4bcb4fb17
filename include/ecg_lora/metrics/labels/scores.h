// Scores of a multi-label task with intervals over patients.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/metrics/labels/set_metrics.h"
#include "ecg_lora/metrics/labels/thresholds.h"
#include "ecg_lora/metrics/statistics/delong.h"
#include "ecg_lora/metrics/statistics/estimates.h"
#include "ecg_lora/metrics/statistics/metrics.h"
#include "ecg_lora/metrics/statistics/prediction_table.h"

namespace ecg_lora::metrics {

/// With fewer patients with or without a label its intervals are not to be relied on, and it has no
/// BCa interval (coverage by simulation: docs/measurements/evaluation.md,
/// tests/metrics/coverage).
constexpr std::int64_t kFewPatients = 20;

struct LabelScores {
  std::string label;
  std::int64_t records = 0, positives = 0;
  std::int64_t patients_with = 0;     ///< patients with a record that has the label
  std::int64_t patients_without = 0;  ///< patients with a record that lacks it
  double threshold = 0.5;
  PerMetric<Estimate> estimates;
  std::optional<Delong> delong;  ///< of AUROC

  bool defined() const { return positives > 0 && positives < records; }  ///< both classes occur
  /// Both classes occur, one of them in few patients: intervals hold the true value less often than
  /// they say.
  bool few() const { return defined() && std::min(patients_with, patients_without) < kFewPatients; }
  const Estimate& operator[](Metric metric) const { return estimates[metric]; }
};

struct Scores {
  std::vector<LabelScores> labels;
  /// Over the labels with both classes: plain mean, and mean weighted by positives. No BCa if one
  /// of these labels has few patients.
  PerMetric<Estimate> macro, weighted;
  PerMetric<Estimate> micro;  ///< all pairs of a record and a label as one label
  std::array<Estimate, kSetMetricCount> sets;
  std::int64_t records = 0, patients = 0;
  std::int64_t defined_labels = 0;  ///< labels with both classes
  std::int64_t unanswered = 0;      ///< pairs of a record and a label without an answer

  /// Labels that no mean counts, as they have one class or no answer.
  std::vector<std::string> one_class_labels() const;
  /// Why these are undefined: "one class only", or "one class only or no answer".
  std::string why_undefined() const;
  std::vector<std::string> labels_of_few() const;  ///< see LabelScores::few()
};

/// Scores of a table. A label without a threshold counts at 0.5.
Scores score(const PredictionTable& test, const Thresholds& thresholds,
             const IntervalOptions& options);

/// Thresholds of best F1 from `validation` (0.5 if it is empty). Data error as
/// make_prediction_table().
Scores score(const std::vector<Prediction>& validation, const std::vector<Prediction>& test,
             int resamples, std::uint64_t seed);

}  // namespace ecg_lora::metrics
