// Metrics of a record's whole set of labels.
#pragma once

#include <vector>

#include "ecg_lora/metrics/labels/thresholds.h"
#include "ecg_lora/metrics/statistics/metrics.h"
#include "ecg_lora/metrics/statistics/prediction_table.h"

namespace ecg_lora::metrics {

enum class SetMetric : std::size_t { hamming_loss, exact_match, fmax };
constexpr std::size_t kSetMetricCount = 3;
constexpr std::array<MetricInfo, kSetMetricCount> kSetMetricInfos{{
    {"hamming_loss", "Hamming loss", false,
     "share of the answered pairs of record and label that are wrong at the thresholds"},
    {"exact_match", "Exact match", true,
     "share of the records, of those with an answer to every label, whose labels are all right"},
    {"fmax", "Fmax", true,
     "highest F1 over one threshold 0, 0.01 … 1 for all labels, of the mean precision over records "
     "with a prediction and the mean recall over records with a label"},
}};

/// The sums over labels and over a patient's records are prepared once, so that a weighted set of
/// patients costs one pass over patients.
class SetMetrics {
 public:
  SetMetrics(const PredictionTable& table, const Thresholds& thresholds);
  /// One value a SetMetric, NaN where undefined; `weight` of each patient.
  std::array<double, kSetMetricCount> values(const std::vector<double>* weight) const;

 private:
  /// Thresholds 0, 0.01 … 1, and some that nothing reaches, so that the number is one of whole
  /// vectors.
  static constexpr std::size_t kThresholdCount = 101, kPaddedCount = 104;
  using PerThreshold = std::array<double, kPaddedCount>;

  /// Sums over the records of one patient, or of a weighted set of them.
  struct Sums {
    double answered = 0, wrong = 0;  ///< pairs
    double complete = 0,
           exact = 0;     ///< records with an answer to every label that anybody answers; all right
    double labelled = 0;  ///< records with a label
    PerThreshold precision{}, recall{};  ///< of records with a prediction, with a label
    PerThreshold predicted{};            ///< records with a prediction
    void add(const Sums& other, double weight);
  };
  static double fmax(const Sums& sums);

  std::vector<Sums> patients_;
};

}  // namespace ecg_lora::metrics
