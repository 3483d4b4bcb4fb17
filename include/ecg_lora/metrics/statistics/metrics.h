// Metrics of one label from probabilities and reference labels, as scikit-learn defines them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace ecg_lora::metrics {

/// What is computed of every label, and averaged over labels. A further metric needs a line here,
/// one in kMetricInfos and one in values_of(); scores.json, the tables and the report page follow.
enum class Metric : std::size_t {
  auroc,
  average_precision,
  f1,
  brier,
  sensitivity,
  specificity,
  precision,
  balanced_accuracy,
  calibration_error
};
constexpr std::size_t kMetricCount = 9;

struct MetricInfo {
  const char* key;    ///< in scores.json
  const char* title;  ///< in tables
  bool higher_is_better;
  const char* definition;  ///< one sentence, with what makes it undefined
};
constexpr std::array<MetricInfo, kMetricCount> kMetricInfos{{
    {"auroc", "AUROC", true,
     "area under the ROC curve, ties counting half; undefined unless both classes occur"},
    {"average_precision", "AP", true,
     "sum over thresholds of recall step x precision; undefined without positives"},
    {"f1", "F1", true, "2 TP / (2 TP + FP + FN) at the threshold; undefined without positives"},
    {"brier", "Brier", false, "mean of (probability - reference)^2"},
    {"sensitivity", "Sens.", true, "TP / (TP + FN) at the threshold; undefined without positives"},
    {"specificity", "Spec.", true, "TN / (TN + FP) at the threshold; undefined without negatives"},
    {"precision", "PPV", true,
     "TP / (TP + FP) at the threshold; 0 where nothing is predicted, undefined without positives"},
    {"balanced_accuracy", "Bal. acc.", true,
     "mean of sensitivity and specificity; undefined unless both classes occur"},
    {"calibration_error", "ECE", false,
     "mean over 10 equal bins of |mean probability - share of positives|, weighted by records"},
}};
constexpr const MetricInfo& info(Metric metric) {
  return kMetricInfos[static_cast<std::size_t>(metric)];
}

/// Whether there are positives and negatives, without which most metrics are undefined.
bool both_classes(const std::vector<bool>& reference);

/// One entry per metric, addressed by Metric or by its place.
template <class T>
struct PerMetric : std::array<T, kMetricCount> {
  using std::array<T, kMetricCount>::operator[];
  T& operator[](Metric metric) {
    return std::array<T, kMetricCount>::operator[](static_cast<std::size_t>(metric));
  }
  const T& operator[](Metric metric) const {
    return std::array<T, kMetricCount>::operator[](static_cast<std::size_t>(metric));
  }
};
/// Values of the metrics; those that are undefined are empty.
using Values = PerMetric<std::optional<double>>;

/// Weighted counts at a threshold: predicted positive if probability >= threshold.
struct Confusion {
  double true_positive = 0, false_positive = 0, false_negative = 0, true_negative = 0;
  double f1() const;  ///< 2 TP / (2 TP + FP + FN); 0 if nothing is positive or predicted
  Confusion& operator+=(const Confusion& other);
};

/// What one pass over the ranked records sums up, each record times its weight.
struct Sums {
  double positives = 0, negatives = 0;
  double wins = 0;                    ///< pairs of a positive above a negative, equal ones half
  double precision_sum = 0;           ///< over positives: the precision at their probability
  double squared_error = 0, gap = 0;  ///< gap: sum over bins of |sum of (probability - reference)|
  Confusion at_threshold;
};
Values values_of(const Sums& sums);

constexpr int kCalibrationBins = 10;  ///< of equal width
/// Bin of a probability, 0 to kCalibrationBins - 1: floor(10 p), and the last one for 1.
int calibration_bin(double probability);

/// Probabilities and reference labels of one label, sorted once by falling probability, so that
/// metrics of a weighted set of patients cost one pass.
class Ranking {
 public:
  /// One entry per record in `probability` and `reference`. `slot` is the place of the record's
  /// weight in the vectors of weights below, as the number of its patient; an empty list means the
  /// record's own place.
  Ranking(const std::vector<double>& probability, const std::vector<bool>& reference,
          const std::vector<std::size_t>& slot = {});

  std::size_t size() const { return slot_.size(); }
  std::int64_t positives() const { return positives_; }
  const std::vector<double>& probability() const { return probability_; }  ///< falling
  const std::vector<char>& reference() const { return reference_; }        ///< in that order

  /// One pass. `weight` says how much each slot counts; null counts each once.
  Sums sums(double threshold, const std::vector<double>* weight = nullptr) const;
  std::optional<double> auroc(const std::vector<double>* weight = nullptr) const {
    return values_of(sums(0.5, weight))[Metric::auroc];
  }
  std::optional<double> average_precision(const std::vector<double>* weight = nullptr) const {
    return values_of(sums(0.5, weight))[Metric::average_precision];
  }

 private:
  template <class Weight>
  Sums pass(double threshold, Weight weight) const;

  std::vector<std::uint32_t> slot_;          ///< in the order of falling probability, as all below
  std::vector<double> probability_, error_;  ///< error_: probability - reference
  std::vector<char> reference_;
  std::vector<signed char> bin_;
  std::int64_t positives_ = 0;
};

}  // namespace ecg_lora::metrics
