#include "ecg_lora/metrics/statistics/student.h"

#include <cmath>

namespace ecg_lora::metrics {
namespace {

constexpr double kSmallest = 1e-300;
constexpr int kMaxTerms = 100000;

double away_from_zero(double x) {
  return std::abs(x) < kSmallest ? kSmallest : x;
}

/// The continued fraction of I(x; a, b), by Lentz's method. It converges fast for x < (a + 1) / (a
/// + b + 2).
double beta_fraction(double x, double a, double b) {
  double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), value = d;
  for (int i = 1; i < kMaxTerms; ++i) {
    const double m = i;
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d), c = away_from_zero(1 + even / c), value *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d), c = away_from_zero(1 + odd / c);
    value *= d * c;
    if (std::abs(d * c - 1) < 1e-16) break;
  }
  return value;
}

/// I(x; a, b) of x and y = 1 - x, which is given because the difference would lose digits.
double incomplete_beta(double x, double y, double a, double b) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log(y));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(x, a, b) / a;
  return 1 - front * beta_fraction(y, b, a) / b;
}

}  // namespace

double student_tail(double t, double freedom) {
  const double whole = freedom + t * t;
  return incomplete_beta(freedom / whole, t * t / whole, freedom / 2, 0.5) / 2;
}

double student_quantile(double tail, double freedom) {
  double low = 0, high = 1;
  while (student_tail(high, freedom) > tail) low = high, high *= 2;
  while (true) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (student_tail(middle, freedom) > tail ? low : high) = middle;
  }
}

}  // namespace ecg_lora::metrics
