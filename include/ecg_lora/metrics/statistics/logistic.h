// Logistic regression with an L2 penalty, for baselines.
#pragma once

#include <optional>
#include <vector>

namespace ecg_lora::metrics {

using Matrix = std::vector<std::vector<double>>;  ///< rows of equal length

struct Logistic {
  std::vector<double> coefficients;
  double intercept = 0;
  double probability(const std::vector<double>& row) const;
};

/// Minimises |w|^2 / 2 + c * sum of log losses, the intercept not penalised (scikit-learn's
/// LogisticRegression), by Newton's method to a gradient below 1e-9 of c * rows. Where one class is
/// empty: no coefficients, and the share of the other class kept half a record away from 0 and 1.
Logistic fit_logistic(const Matrix& rows, const std::vector<bool>& reference, double c = 1);

/// Columns as multiples of their standard deviation from their mean, over the rows that have them;
/// a missing value becomes 0, the mean, and for each column that misses some there is one more of 0
/// and 1 that says so. A column without spread becomes 0.
class Standardizer {
 public:
  explicit Standardizer(const std::vector<std::vector<std::optional<double>>>& rows);
  std::vector<double> apply(const std::vector<std::optional<double>>& row) const;

 private:
  std::vector<double> mean_, deviation_;
  std::vector<std::size_t> flagged_;  ///< columns with missing values
};

}  // namespace ecg_lora::metrics
