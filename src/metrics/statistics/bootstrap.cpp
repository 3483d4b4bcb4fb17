#include "ecg_lora/metrics/statistics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/metrics/statistics/interval.h"

namespace ecg_lora::metrics {
namespace {

using Rows = std::vector<std::vector<double>>;

std::vector<double> column_of(const Rows& rows, std::size_t column) {
  std::vector<double> values;
  for (const auto& row : rows) values.push_back(row[column]);
  return values;
}

/// Calls work(i) for i in [0, count) on all cores, with a bar headed by `label` if that is wanted.
void on_all_cores(std::size_t count, const BootstrapOptions& options, const char* label,
                  const std::function<void(std::size_t)>& work) {
  std::optional<Progress> progress;
  if (options.progress) progress.emplace(label, static_cast<std::int64_t>(count), "passes");
  parallel_for(count, 0, work, progress ? &*progress : nullptr);
}

/// Statistics of every resample, [resamples][statistics].
Rows resample(const Statistics& statistics, std::size_t patients, const BootstrapOptions& options) {
  Rows rows(static_cast<std::size_t>(options.resamples));
  on_all_cores(rows.size(), options, "resampling", [&](std::size_t r) {
    const auto weight = patient_weights(patients, options.seed, r);
    rows[r] = statistics(&weight);
  });
  return rows;
}

}  // namespace

std::vector<std::size_t> patient_groups(std::size_t patients, const BootstrapOptions& options) {
  std::vector<std::size_t> order(patients);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto groups = static_cast<std::size_t>(options.resamples);
  if (patients <= groups) return order;
  Random random{options.seed};
  random.shuffle(order);
  std::vector<std::size_t> group(patients);
  for (std::size_t i = 0; i < patients; ++i) group[order[i]] = i % groups;
  return group;
}

Rows without_groups(const Statistics& statistics, std::size_t patients,
                    const BootstrapOptions& options) {
  const auto group = patient_groups(patients, options);
  Rows rows(std::min(patients, static_cast<std::size_t>(options.resamples)));
  on_all_cores(rows.size(), options, "leaving out", [&](std::size_t g) {
    PatientWeights weight(patients, 1);
    for (std::size_t i = 0; i < patients; ++i) weight[i] = group[i] != g;
    rows[g] = statistics(&weight);
  });
  return rows;
}

PatientWeights patient_weights(std::size_t patients, std::uint64_t seed, std::uint64_t resample) {
  Random random{seed, resample};
  PatientWeights weight(patients);
  for (auto& w : weight) w = -std::log1p(-random.uniform());
  return weight;
}

std::vector<Estimate> estimates(const Statistics& statistics, std::size_t patients,
                                const BootstrapOptions& options, const StatisticsKind& kind) {
  const auto values = statistics(nullptr);
  const bool wanted = options.resamples >= 2 && patients >= 2;
  const auto without = wanted ? without_groups(statistics, patients, options) : Rows{};
  const auto rows = wanted && options.bca ? resample(statistics, patients, options) : Rows{};
  std::vector<Estimate> result(values.size());
  for (std::size_t s = 0; s < values.size(); ++s) {
    if (std::isnan(values[s])) continue;
    auto& e = result[s];
    e.value = values[s];
    auto spread = jackknife(values[s], column_of(without, s));
    if (!spread) continue;
    if (!kind.bias_of.empty()) spread->bias = bias(values[s], column_of(without, kind.bias_of[s]));
    const auto interval =
        jackknife_interval(values[s], *spread, kind.highest.empty() ? 1 : kind.highest[s]);
    if (!interval) continue;
    e.low = interval->first, e.high = interval->second;
    if (const auto bca = bca_interval(values[s], column_of(rows, s), *spread))
      e.bca_low = bca->first, e.bca_high = bca->second;
  }
  return result;
}

double normal_cdf(double x) {
  return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

double normal_quantile(double p) {
  constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                          1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                          6.680131188771972e+01, -1.328068155288572e+01};
  constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                          -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                          3.754408661907416e+00};
  const auto tail = [&](double q) {
    return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
           ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
  };
  double x;
  if (p < 0.02425) {
    x = tail(std::sqrt(-2 * std::log(p)));
  } else if (p > 1 - 0.02425) {
    x = -tail(std::sqrt(-2 * std::log(1 - p)));
  } else {
    const double q = p - 0.5, r = q * q;
    x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
        (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
  }
  for (int step = 0; step < 2; ++step) {
    const double error =
        (normal_cdf(x) - p) * std::sqrt(2 * 3.14159265358979323846) * std::exp(x * x / 2);
    x -= error / (1 + x * error / 2);
  }
  return x;
}

}  // namespace ecg_lora::metrics
