#include "paired.h"

#include <algorithm>
#include <cmath>

namespace ecg_lora::score {
namespace {

std::optional<double> known(double value) { return std::isnan(value) ? std::nullopt : std::optional(value); }

Difference difference(double first, double second, std::vector<double> resampled) {
  Difference d{known(first), known(second), {}, {}, {}, {}};
  if (!d.first || !d.second) return d;
  d.value = second - first;
  if (resampled.empty()) return d;
  const auto count = static_cast<double>(resampled.size());
  // Both sides count a difference that is 0 but for rounding.
  const auto below = static_cast<double>(std::count_if(resampled.begin(), resampled.end(), [](double x) { return x <= 1e-12; }));
  const auto above = static_cast<double>(std::count_if(resampled.begin(), resampled.end(), [](double x) { return x >= -1e-12; }));
  d.p = std::min(1.0, 2 * (std::min(below, above) + 1) / (count + 1));
  d.low = quantile(resampled, 0.025);
  d.high = quantile(resampled, 0.975);
  return d;
}

}  // namespace

std::vector<Difference> paired_differences(const Statistics& first, const Statistics& second, std::size_t patients, const BootstrapOptions& options) {
  const auto both = [&](const std::vector<int>* weight) {
    auto row = first(weight);
    const auto other = second(weight);
    row.insert(row.end(), other.begin(), other.end());
    return row;
  };
  const auto values = both(nullptr);
  const auto rows = resample(both, patients, options);
  const auto half = values.size() / 2;
  std::vector<Difference> result;
  for (std::size_t s = 0; s < half; ++s) {
    std::vector<double> resampled;
    for (const auto& row : rows)
      if (const double d = row[half + s] - row[s]; !std::isnan(d)) resampled.push_back(d);
    result.push_back(difference(values[s], values[half + s], std::move(resampled)));
  }
  return result;
}

}  // namespace ecg_lora::score
