#include "resampling.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/random.h"

namespace ecg_lora::metrics {
namespace {

/// Calls work(i) for i in [0, count) on all cores, with a bar headed by `label` if that is wanted.
void on_all_cores(std::size_t count, const IntervalOptions& options, const char* label,
                  const std::function<void(std::size_t)>& work) {
  std::optional<Progress> progress;
  if (options.progress) progress.emplace(label, static_cast<std::int64_t>(count), "passes");
  parallel_for(count, 0, work, progress ? &*progress : nullptr);
}

}  // namespace

std::vector<std::size_t> patient_groups(std::size_t patients, const IntervalOptions& options) {
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

std::vector<std::vector<double>> without_groups(const WeightedStatistics& statistics,
                                                std::size_t patients,
                                                const IntervalOptions& options) {
  const auto group = patient_groups(patients, options);
  std::vector<std::vector<double>> rows(
      std::min(patients, static_cast<std::size_t>(options.resamples)));
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

std::vector<std::vector<double>> resampled(const WeightedStatistics& statistics,
                                           std::size_t patients, const IntervalOptions& options) {
  std::vector<std::vector<double>> rows(static_cast<std::size_t>(options.resamples));
  on_all_cores(rows.size(), options, "resampling", [&](std::size_t r) {
    const auto weight = patient_weights(patients, options.seed, r);
    rows[r] = statistics(&weight);
  });
  return rows;
}

}  // namespace ecg_lora::metrics
