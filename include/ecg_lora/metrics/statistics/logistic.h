// Logistic regression with an L2 penalty, for baselines.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace ecg_lora::metrics {

/// Rows of equal length: [records][features].
using Matrix = std::vector<std::vector<double>>;

/// P(positive) = sigmoid(coefficients . row + intercept). Without coefficients it is constant.
struct Logistic {
  std::vector<double> coefficients;
  double intercept = 0;
  /// `row` has as many features as the rows that were fitted.
  double probability(const std::vector<double>& row) const;
};

/// Minimises |w|^2 / 2 + c * sum of log losses, the intercept not penalised (scikit-learn's
/// LogisticRegression), by Newton's method to a gradient below 1e-9 of c * rows. `reference` has
/// one entry per row. If one class is empty: no coefficients, and the share of positives kept half
/// a record away from 0 and 1.
Logistic fit_logistic(const Matrix& rows, const std::vector<bool>& reference, double c = 1);

/// Standardises features: multiples of the standard deviation from the mean, over the rows that
/// have the feature. A missing value becomes 0, the mean, and each feature that is missing
/// somewhere adds one of 0 and 1 that says so, behind all others. A feature without spread becomes
/// 0.
class Standardizer {
 public:
  /// `rows` are of equal length.
  explicit Standardizer(const std::vector<std::vector<std::optional<double>>>& rows);
  /// `row` is as long as those of the constructor.
  std::vector<double> apply(const std::vector<std::optional<double>>& row) const;

 private:
  std::vector<double> mean_, deviation_;
  std::vector<std::size_t> flagged_;  ///< features with missing values
};

}  // namespace ecg_lora::metrics
