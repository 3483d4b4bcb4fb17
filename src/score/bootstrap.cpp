#include "ecg_lora/score/bootstrap.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <numeric>
#include <thread>

#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/random.h"

namespace ecg_lora::score {
namespace {

std::vector<double> series(const std::vector<std::vector<double>>& rows, std::size_t column) {
  std::vector<double> values;
  for (const auto& row : rows)
    if (!std::isnan(row[column])) values.push_back(row[column]);
  return values;
}

/// Sums in another order give equal statistics that differ by rounding.
constexpr double level_width = 1e-12;

/// Statistics without each patient in turn.
std::vector<std::vector<double>> leave_one_out(const Statistics& statistics, std::size_t patients, bool progress) {
  std::vector<std::vector<double>> rows(patients);
  parallel_for(patients, [&](std::size_t i) {
    std::vector<int> weight(patients, 1);
    weight[i] = 0;
    rows[i] = statistics(&weight);
  }, progress ? "leaving out" : "");
  return rows;
}

}  // namespace

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& work, const std::string& label) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::optional<Progress> progress;
  if (!label.empty()) progress.emplace(label, static_cast<std::int64_t>(count), "passes");
  std::vector<std::thread> threads;
  const auto workers = std::min<std::size_t>(std::max(1u, std::thread::hardware_concurrency()), count);
  for (std::size_t w = 0; w < workers; ++w)
    threads.emplace_back([&] {
      for (auto i = next++; i < count; i = next++) {
        work(i);
        if (!progress) continue;
        const std::lock_guard lock(mutex);
        progress->advance();
      }
    });
  for (auto& thread : threads) thread.join();
}

std::vector<int> patient_weights(std::size_t patients, std::uint64_t seed, std::uint64_t resample) {
  Random random{seed, resample};
  std::vector<int> weight(patients, 0);
  for (std::size_t i = 0; i < patients; ++i) ++weight[random.below(patients)];
  return weight;
}

std::vector<std::vector<double>> resample(const Statistics& statistics, std::size_t patients, const BootstrapOptions& options) {
  std::vector<std::vector<double>> rows(static_cast<std::size_t>(options.resamples));
  parallel_for(rows.size(), [&](std::size_t r) {
    const auto weight = patient_weights(patients, options.seed, r);
    rows[r] = statistics(&weight);
  }, options.progress ? "resampling" : "");
  return rows;
}

std::vector<Estimate> estimates(const Statistics& statistics, std::size_t patients, const BootstrapOptions& options) {
  const auto values = statistics(nullptr);
  const auto rows = resample(statistics, patients, options);
  const auto jackknife = options.bca && options.resamples > 0 ? leave_one_out(statistics, patients, options.progress) : std::vector<std::vector<double>>{};
  std::vector<Estimate> result(values.size());
  for (std::size_t s = 0; s < values.size(); ++s) {
    if (std::isnan(values[s])) continue;
    auto& e = result[s];
    e.value = values[s];
    auto resampled = series(rows, s);
    if (resampled.empty()) continue;
    e.low = quantile(resampled, 0.025), e.high = quantile(resampled, 0.975);
    if (jackknife.empty()) continue;
    if (const auto bca = bca_interval(values[s], std::move(resampled), series(jackknife, s))) e.bca_low = bca->first, e.bca_high = bca->second;
  }
  return result;
}

double quantile(std::vector<double>& values, double q) {
  std::sort(values.begin(), values.end());
  const double at = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

std::optional<std::pair<double, double>> bca_interval(double value, std::vector<double> resampled, const std::vector<double>& jackknife) {
  if (resampled.empty() || jackknife.size() < 2) return std::nullopt;
  double below = 0;
  for (const double x : resampled) below += std::abs(x - value) <= level_width ? 0.5 : x < value ? 1.0 : 0.0;
  const double share = below / static_cast<double>(resampled.size());
  if (share <= 0 || share >= 1) return std::nullopt;
  const double mean = std::accumulate(jackknife.begin(), jackknife.end(), 0.0) / static_cast<double>(jackknife.size());
  double squares = 0, cubes = 0;
  for (const double x : jackknife) squares += (mean - x) * (mean - x), cubes += (mean - x) * (mean - x) * (mean - x);
  if (squares <= 1e-24) return std::nullopt;
  const double bias = normal_quantile(share), acceleration = cubes / (6 * std::pow(squares, 1.5));
  const auto level = [&](double z) { return normal_cdf(bias + (bias + z) / (1 - acceleration * (bias + z))); };
  const double z = normal_quantile(0.975), low = quantile(resampled, level(-z));
  return std::pair(low, quantile(resampled, level(z)));
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

double normal_quantile(double p) {
  constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01};
  constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00};
  constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00};
  const auto tail = [&](double q) { return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) / ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1); };
  double x;
  if (p < 0.02425) {
    x = tail(std::sqrt(-2 * std::log(p)));
  } else if (p > 1 - 0.02425) {
    x = -tail(std::sqrt(-2 * std::log(1 - p)));
  } else {
    const double q = p - 0.5, r = q * q;
    x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q / (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
  }
  for (int step = 0; step < 2; ++step) {
    const double error = (normal_cdf(x) - p) * std::sqrt(2 * 3.14159265358979323846) * std::exp(x * x / 2);
    x -= error / (1 + x * error / 2);
  }
  return x;
}

}  // namespace ecg_lora::score
