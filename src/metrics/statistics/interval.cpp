#include "interval.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ecg_lora/metrics/statistics/normal.h"
#include "ecg_lora/metrics/statistics/student.h"

namespace ecg_lora::metrics {
namespace {

/// Sums in another order give equal statistics that differ by rounding.
constexpr double kLevelWidth = 1e-12;

/// Beyond this share of the deviation a bias is more than an interval that ignores it can bear
/// (Efron and Tibshirani 1993, section 10.3).
constexpr double kBearableBias = 0.25;

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double x : values) squares += (x - mean) * (x - mean);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

}  // namespace

double Jackknife::half_width() const {
  return student_quantile(0.025, freedom) * deviation;
}

std::optional<Jackknife> jackknife(double value, const std::vector<double>& without) {
  const auto groups = static_cast<double>(without.size());
  if (groups < 2) return std::nullopt;
  const double mean = mean_of(without);
  double squares = 0, cubes = 0, fourths = 0;
  for (const double x : without) {
    const double u = (groups - 1) / groups * (mean - x);
    squares += u * u, cubes += u * u * u, fourths += u * u * u * u;
  }
  Jackknife j;
  j.deviation = std::sqrt(groups / (groups - 1) * squares);
  if (!(j.deviation > kLevelWidth)) return std::nullopt;  // also NaN
  j.bias = bias(value, without);
  const double spread = fourths - squares * squares / groups;
  j.freedom = groups - 1;
  if (spread > 0) j.freedom = std::min(j.freedom, std::max(1.0, 2 * squares * squares / spread));
  j.acceleration = cubes / (6 * std::pow(squares, 1.5));
  return j;
}

double bias(double value, const std::vector<double>& without) {
  return (static_cast<double>(without.size()) - 1) * (mean_of(without) - value);
}

std::optional<Interval> jackknife_interval(double value, const Jackknife& jackknife,
                                           double highest) {
  const double v = value / highest;
  if (!(v > 0 && v < 1)) return std::nullopt;
  const double centre = std::clamp(v - jackknife.bias / highest, v / 4, 1 - (1 - v) / 4);
  const double half = jackknife.half_width() / highest / (centre * (1 - centre));
  const auto at = [&](double side) {
    return 1 / (1 + (1 - centre) / centre * std::exp(-side * half));
  };
  return Interval(highest * std::min(v, at(-1)), highest * std::max(v, at(1)));
}

std::optional<Interval> bca_interval(double value, std::vector<double> resampled,
                                     const Jackknife& jackknife) {
  if (resampled.empty() || std::abs(jackknife.bias) > kBearableBias * jackknife.deviation)
    return {};
  const double deviation = deviation_of(resampled);
  double below = 0;
  for (const double x : resampled)
    below += std::abs(x - value) <= kLevelWidth ? 0.5 : x < value ? 1.0 : 0.0;
  const double share = below / static_cast<double>(resampled.size());
  if (!(deviation > kLevelWidth) || share <= 0 || share >= 1) return {};
  const double bias = normal_quantile(share), half = jackknife.half_width() / deviation;
  if (std::abs(bias) >= half) return {};
  const auto level = [&](double z) {
    const double scale = 1 - jackknife.acceleration * z;
    return scale > 0 ? normal_cdf(bias + z / scale) : z > 0 ? 1.0 : 0.0;
  };
  const double low = quantile(resampled, level(bias - half));
  const double high = quantile(resampled, level(bias + half));
  return Interval(std::min(low, value), std::max(high, value));
}

double quantile(std::vector<double>& values, double q) {
  std::sort(values.begin(), values.end());
  const double at = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

}  // namespace ecg_lora::metrics
