// The statistics behind Scores, of weighted patients.
#pragma once

#include <vector>

#include "ecg_lora/metrics/labels/thresholds.h"
#include "ecg_lora/metrics/statistics/estimates.h"
#include "ecg_lora/metrics/statistics/metrics.h"
#include "set_statistics.h"

namespace ecg_lora::metrics {

/// A fixed order of statistics: every label's metrics, then macro, weighted and micro means, then
/// the metrics of sets, and behind them macro and weighted means for the bias (see
/// StatisticTraits). Runs over the same records have the same places. Macro and weighted means are
/// over the labels with both classes in the whole table, and of a weighted set of patients over
/// those of them that have both there too.
class ScoreStatistics {
 public:
  ScoreStatistics(const PredictionTable& test, const Thresholds& thresholds);
  /// NaN where undefined; `weight` of each patient, null for 1.
  std::vector<double> operator()(const PatientWeights* weight) const;

  std::size_t of_label(std::size_t label) const { return label * kMetricCount; }
  std::size_t macro() const { return rankings_.size() * kMetricCount; }
  std::size_t weighted() const { return macro() + kMetricCount; }
  std::size_t micro() const { return weighted() + kMetricCount; }
  std::size_t sets() const { return micro() + kMetricCount; }
  StatisticTraits traits() const;

 private:
  std::vector<Ranking> rankings_;
  std::vector<double> thresholds_;
  std::vector<Values> whole_;  ///< of each label, of all patients
  Ranking pooled_;
  SetStatistics sets_;
};

/// The metrics of a label or a mean, which stand in a row from `start` on.
template <class T>
PerMetric<T> metrics_from(const std::vector<T>& all, std::size_t start) {
  PerMetric<T> result;
  for (std::size_t m = 0; m < kMetricCount; ++m) result[m] = all[start + m];
  return result;
}

}  // namespace ecg_lora::metrics
