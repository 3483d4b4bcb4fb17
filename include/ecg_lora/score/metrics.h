// Metrics of one label from probabilities and truth, as scikit-learn defines them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace ecg_lora::score {

/// Probabilities and truths of one label over the same records, sorted once by falling probability.
class Ranking {
 public:
  Ranking(const std::vector<double>& probability, const std::vector<bool>& truth);

  std::size_t size() const { return order_.size(); }
  std::int64_t positives() const { return positives_; }

  /// Area under the ROC curve, ties counting half; nothing where one class is empty. `weight`, one a record, repeats
  /// records (a bootstrap resample); none counts each once.
  std::optional<double> auroc(const std::vector<int>* weight = nullptr) const;
  /// Average precision: sum over thresholds of (recall step) x precision; nothing where no record is positive.
  std::optional<double> average_precision(const std::vector<int>* weight = nullptr) const;

 private:
  /// Calls step(positives, negatives) for each group of equal probabilities, highest first.
  template <class Step>
  void walk(const std::vector<int>* weight, Step step) const;

  std::vector<std::size_t> order_;   ///< records by falling probability
  std::vector<double> probability_;  ///< in that order
  std::vector<char> truth_;          ///< in that order
  std::int64_t positives_ = 0;
};

/// Counts at a threshold: predicted positive where probability >= threshold.
struct Confusion {
  std::int64_t true_positive = 0, false_positive = 0, false_negative = 0, true_negative = 0;
  double f1() const;  ///< 2 TP / (2 TP + FP + FN); 0 where nothing is positive or predicted
};
Confusion confusion(const std::vector<double>& probability, const std::vector<bool>& truth, double threshold,
                    const std::vector<int>* weight = nullptr);

/// Mean of (probability - truth)^2.
double brier(const std::vector<double>& probability, const std::vector<bool>& truth, const std::vector<int>* weight = nullptr);

/// The probability that gives the highest F1 as a threshold; the highest of several. 0.5 where no record is positive.
double best_f1_threshold(const std::vector<double>& probability, const std::vector<bool>& truth);

}  // namespace ecg_lora::score
