// Scores of a multi-label task with intervals over patients.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/metrics/labels/set_metrics.h"
#include "ecg_lora/metrics/labels/thresholds.h"
#include "ecg_lora/metrics/statistics/bootstrap.h"
#include "ecg_lora/metrics/statistics/delong.h"
#include "ecg_lora/metrics/statistics/metrics.h"
#include "ecg_lora/metrics/statistics/prediction_table.h"

namespace ecg_lora::metrics {

/// Below as many patients with or without a label its intervals are not to be relied on, and it has
/// no BCa interval (coverage by simulation: docs/measurements/evaluation.md,
/// tests/metrics/coverage.cpp).
constexpr std::int64_t kFewPatients = 20;

struct LabelScores {
  std::string label;
  std::int64_t records = 0, positives = 0;
  std::int64_t patients_with = 0,
               patients_without = 0;  ///< with a record that has the label; that lacks it
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
  /// Over the labels with both classes: plain mean, and mean weighted by positives. No BCa where
  /// one of these labels has few patients.
  PerMetric<Estimate> macro, weighted;
  PerMetric<Estimate> micro;  ///< all pairs of a record and a label as one
  std::array<Estimate, kSetMetricCount> sets;
  std::int64_t records = 0, patients = 0, defined_labels = 0;  ///< labels with both classes
  std::int64_t unanswered = 0;  ///< pairs of a record and a label without an answer

  std::vector<std::string> one_class_labels()
      const;                          ///< and those without an answer: no mean counts either
  std::string why_undefined() const;  ///< what is so with them, "one class only" and the like
  std::vector<std::string> labels_of_few() const;  ///< see LabelScores::few()
};

Scores score(const PredictionTable& test, const Thresholds& thresholds,
             const BootstrapOptions& options);

/// Thresholds of best F1 from `validation` (0.5 where it is empty).
Scores score(const std::vector<Prediction>& validation, const std::vector<Prediction>& test,
             int resamples, std::uint64_t seed);

/// The statistics behind `score`, in a fixed order: every label's metrics, then macro, weighted and
/// micro means, then the metrics of sets, and behind them macro and weighted means for the bias
/// (see StatisticsKind). For comparisons of runs over the same table of records. Macro and weighted
/// means are over the labels with both classes in the whole table, and of a weighted set of
/// patients over those of them that have both there too.
class ScoreStatistics {
 public:
  ScoreStatistics(const PredictionTable& test, const Thresholds& thresholds);
  /// NaN where undefined; `weight` of each patient.
  std::vector<double> operator()(const std::vector<double>* weight) const;

  std::size_t of_label(std::size_t label) const { return label * kMetricCount; }
  std::size_t macro() const { return rankings_.size() * kMetricCount; }
  std::size_t weighted() const { return macro() + kMetricCount; }
  std::size_t micro() const { return weighted() + kMetricCount; }
  std::size_t sets() const { return micro() + kMetricCount; }
  StatisticsKind kind() const;

 private:
  std::vector<Ranking> rankings_;
  std::vector<double> thresholds_;
  std::vector<Values> whole_;  ///< of each label, of all patients
  Ranking pooled_;
  SetMetrics sets_;
};

}  // namespace ecg_lora::metrics
