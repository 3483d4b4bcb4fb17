#include "ecg_lora/metrics/statistics/logistic.h"

#include <algorithm>
#include <cmath>

namespace ecg_lora::metrics {
namespace {

double sigmoid(double z) {
  return z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z));
}
/// log(1 + exp(z)) without overflow.
double softplus(double z) {
  return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z));
}

/// Solves the symmetric positive definite `a` x = b (Cholesky); `a` is overwritten.
std::vector<double> solve(Matrix& a, std::vector<double> b) {
  const auto n = b.size();
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= a[i][k] * a[j][k];
      a[i][j] = i == j ? std::sqrt(std::max(sum, 1e-300)) : sum / a[j][j];
    }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

/// The objective over weights whose last entry is the intercept.
class Objective {
 public:
  Objective(const Matrix& rows, const std::vector<bool>& reference, double c)
      : rows_(rows), reference_(reference), c_(c), width_(rows.front().size()) {}

  double margin(std::size_t i, const std::vector<double>& w) const {
    double z = w[width_];
    for (std::size_t k = 0; k < width_; ++k) z += w[k] * rows_[i][k];
    return z;
  }
  double value(const std::vector<double>& w) const {
    double loss = 0, penalty = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const double z = margin(i, w);
      loss += softplus(reference_[i] ? -z : z);
    }
    for (std::size_t k = 0; k < width_; ++k) penalty += w[k] * w[k];
    return penalty / 2 + c_ * loss;
  }
  /// Gradient, and the lower triangle of the second derivatives.
  std::vector<double> derivatives(const std::vector<double>& w, Matrix& second) const {
    std::vector<double> gradient(w);
    gradient[width_] = 0;
    second.assign(width_ + 1, std::vector<double>(width_ + 1, 0.0));
    for (std::size_t k = 0; k < width_; ++k) second[k][k] = 1;
    std::vector<double> x(width_ + 1, 1.0);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      std::copy(rows_[i].begin(), rows_[i].end(), x.begin());
      const double p = sigmoid(margin(i, w)), slope = c_ * (p - (reference_[i] ? 1 : 0)),
                   curve = c_ * p * (1 - p);
      for (std::size_t a = 0; a <= width_; ++a) {
        gradient[a] += slope * x[a];
        const double scaled = curve * x[a];
        for (std::size_t b = 0; b <= a; ++b) second[a][b] += scaled * x[b];
      }
    }
    return gradient;
  }

 private:
  const Matrix& rows_;
  const std::vector<bool>& reference_;
  double c_;
  std::size_t width_;
};

double largest_magnitude(const std::vector<double>& values) {
  return std::abs(*std::max_element(values.begin(), values.end(),
                                    [](double a, double b) { return std::abs(a) < std::abs(b); }));
}

/// Newton's method from `w` until no entry of the gradient is above `tolerance`.
void minimise(const Objective& objective, std::vector<double>& w, double tolerance) {
  constexpr int most_steps = 100;
  double value = objective.value(w);
  Matrix second;
  for (int step = 0; step < most_steps; ++step) {
    const auto gradient = objective.derivatives(w, second);
    if (largest_magnitude(gradient) <= tolerance) return;
    const auto direction = solve(second, gradient);
    double along = 0;
    for (std::size_t k = 0; k < w.size(); ++k) along += gradient[k] * direction[k];
    // Armijo: the full step if it lowers the objective enough, else half of it, and so on.
    auto next = w;
    double reached = value;
    for (double size = 1; size > 1e-10; size /= 2) {
      for (std::size_t k = 0; k < w.size(); ++k) next[k] = w[k] - size * direction[k];
      reached = objective.value(next);
      if (reached <= value - 1e-4 * size * along) break;
    }
    if (!(reached < value)) return;  // as low as doubles can show
    w = next, value = reached;
  }
}

}  // namespace

double Logistic::probability(const std::vector<double>& row) const {
  double z = intercept;
  for (std::size_t k = 0; k < coefficients.size(); ++k) z += coefficients[k] * row[k];
  return sigmoid(z);
}

Logistic fit_logistic(const Matrix& rows, const std::vector<bool>& reference, double c) {
  const auto positives = static_cast<double>(std::count(reference.begin(), reference.end(), true)),
             n = static_cast<double>(reference.size());
  if (positives == 0 || positives == n) {
    const double share = std::clamp(n > 0 ? positives / n : 0.5, 0.5 / (n + 1), 1 - 0.5 / (n + 1));
    return {{}, std::log(share / (1 - share))};
  }
  std::vector<double> w(rows.front().size() + 1, 0.0);
  w.back() = std::log(positives / (n - positives));
  minimise(Objective(rows, reference, c), w, 1e-9 * c * n);
  Logistic result{w, w.back()};
  result.coefficients.pop_back();
  return result;
}

Standardizer::Standardizer(const std::vector<std::vector<std::optional<double>>>& rows) {
  const auto width = rows.empty() ? 0 : rows.front().size();
  for (std::size_t k = 0; k < width; ++k) {
    double count = 0, sum = 0, squares = 0;
    for (const auto& row : rows)
      if (row[k]) ++count, sum += *row[k];
    mean_.push_back(count > 0 ? sum / count : 0);
    for (const auto& row : rows)
      if (row[k]) squares += (*row[k] - mean_.back()) * (*row[k] - mean_.back());
    deviation_.push_back(count > 0 ? std::sqrt(squares / count) : 0);
    if (count < static_cast<double>(rows.size())) flagged_.push_back(k);
  }
}

std::vector<double> Standardizer::apply(const std::vector<std::optional<double>>& row) const {
  std::vector<double> result;
  for (std::size_t k = 0; k < mean_.size(); ++k)
    result.push_back(row[k] && deviation_[k] > 0 ? (*row[k] - mean_[k]) / deviation_[k] : 0);
  for (const auto k : flagged_) result.push_back(row[k] ? 0 : 1);
  return result;
}

}  // namespace ecg_lora::metrics
