// The metrics of sets of labels, of weighted patients.
#pragma once

#include <array>
#include <vector>

#include "ecg_lora/metrics/labels/set_metrics.h"
#include "ecg_lora/metrics/labels/thresholds.h"
#include "ecg_lora/metrics/statistics/estimates.h"
#include "ecg_lora/metrics/statistics/prediction_table.h"

namespace ecg_lora::metrics {

/// The sums over labels and over a patient's records are prepared once, so that a weighted set of
/// patients costs one pass over patients.
class SetStatistics {
 public:
  SetStatistics(const PredictionTable& table, const Thresholds& thresholds);
  /// One value per SetMetric, NaN where undefined; `weight` of each patient, null for 1.
  std::array<double, kSetMetricCount> values(const PatientWeights* weight) const;

 private:
  /// Thresholds 0, 0.01 … 1, and some that nothing reaches, so that the number is one of whole
  /// vectors.
  static constexpr std::size_t kThresholdCount = 101, kPaddedCount = 104;
  using PerThreshold = std::array<double, kPaddedCount>;

  /// Sums over the records of one patient, or of a weighted set of them.
  struct Sums {
    double answered = 0, wrong = 0;  ///< pairs of a record and a label
    double complete = 0;             ///< records with an answer to every label that anybody answers
    double exact = 0;                ///< of these, records whose labels are all right
    double labelled = 0;             ///< records with a label
    PerThreshold precision{}, recall{};  ///< of records with a prediction, with a label
    PerThreshold predicted{};            ///< records with a prediction
    void add(const Sums& other, double weight);
  };
  static double fmax(const Sums& sums);

  std::vector<Sums> patients_;
};

}  // namespace ecg_lora::metrics
