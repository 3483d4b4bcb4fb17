#include "ecg_lora/metrics/statistics/estimates.h"

#include <cmath>

#include "interval.h"
#include "resampling.h"

namespace ecg_lora::metrics {
namespace {

using Rows = std::vector<std::vector<double>>;

std::vector<double> column_of(const Rows& rows, std::size_t column) {
  std::vector<double> values;
  for (const auto& row : rows) values.push_back(row[column]);
  return values;
}

/// The estimate of a statistic from its values without each group, the same of the statistic whose
/// bias it has, and its values of the resamples.
Estimate estimate(double value, const std::vector<double>& without,
                  const std::vector<double>& bias_without, std::vector<double> resamples,
                  double highest) {
  if (std::isnan(value)) return {};
  Estimate e{value, {}, {}};
  auto spread = jackknife(value, without);
  if (!spread) return e;
  spread->bias = bias(value, bias_without);
  const auto interval = jackknife_interval(value, *spread, highest);
  if (!interval) return e;
  e.low = interval->first, e.high = interval->second;
  if (const auto bca = bca_interval(value, std::move(resamples), *spread))
    e.bca_low = bca->first, e.bca_high = bca->second;
  return e;
}

}  // namespace

std::vector<Estimate> estimates(const WeightedStatistics& statistics, std::size_t patients,
                                const IntervalOptions& options, const StatisticTraits& traits) {
  const auto values = statistics(nullptr);
  const bool wanted = options.resamples >= 2 && patients >= 2;
  const auto without = wanted ? without_groups(statistics, patients, options) : Rows{};
  const auto rows = wanted && options.bca ? resampled(statistics, patients, options) : Rows{};
  std::vector<Estimate> result;
  for (std::size_t s = 0; s < values.size(); ++s) {
    const auto bias_of = traits.bias_of.empty() ? s : traits.bias_of[s];
    result.push_back(estimate(values[s], column_of(without, s), column_of(without, bias_of),
                              column_of(rows, s), traits.highest.empty() ? 1 : traits.highest[s]));
  }
  return result;
}

}  // namespace ecg_lora::metrics
