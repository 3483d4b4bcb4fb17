#include "ecg_lora/metrics/statistics/paired.h"

#include <algorithm>
#include <cmath>

#include "ecg_lora/metrics/statistics/student.h"
#include "interval.h"
#include "resampling.h"

namespace ecg_lora::metrics {
namespace {

std::optional<double> known(double value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

/// `without`: the difference without each group of patients.
Difference difference(double first, double second, const std::vector<double>& without) {
  Difference d{known(first), known(second), {}, {}, {}, {}};
  if (!d.first || !d.second) return d;
  d.value = second - first;
  const auto zero = [](double x) { return std::abs(x) <= 1e-12; };  // but for rounding
  if (without.size() >= 2 && zero(*d.value) && std::all_of(without.begin(), without.end(), zero)) {
    d.low = d.high = 0, d.p = 1;
    return d;
  }
  const auto spread = jackknife(*d.value, without);
  if (!spread) return d;
  const double half = spread->half_width();
  d.low = *d.value - half, d.high = *d.value + half;
  d.p = 2 * student_tail(std::abs(*d.value) / spread->deviation, spread->freedom);
  return d;
}

}  // namespace

std::vector<Difference> paired_differences(const WeightedStatistics& first,
                                           const WeightedStatistics& second, std::size_t patients,
                                           const IntervalOptions& options) {
  const auto both = [&](const PatientWeights* weight) {
    auto row = first(weight);
    const auto other = second(weight);
    row.insert(row.end(), other.begin(), other.end());
    return row;
  };
  const auto values = both(nullptr);
  const bool wanted = options.resamples >= 2 && patients >= 2;
  const auto rows =
      wanted ? without_groups(both, patients, options) : std::vector<std::vector<double>>{};
  const auto half = values.size() / 2;
  std::vector<Difference> result;
  for (std::size_t s = 0; s < half; ++s) {
    std::vector<double> without;
    for (const auto& row : rows) without.push_back(row[half + s] - row[s]);
    result.push_back(difference(values[s], values[half + s], without));
  }
  return result;
}

}  // namespace ecg_lora::metrics
