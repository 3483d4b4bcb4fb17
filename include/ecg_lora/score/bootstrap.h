// Bootstrap over patients: percentile and BCa intervals of any statistics.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ecg_lora::score {

/// A value, its 95 % percentile interval and its 95 % BCa interval; nothing where it is undefined (a class without a record) or was not asked for.
struct Estimate {
  std::optional<double> value, low, high;
  std::optional<double> bca_low = {}, bca_high = {};
};

struct BootstrapOptions {
  int resamples = 1000;    ///< 0: no intervals
  std::uint64_t seed = 1;  ///< each resample is a pure function of (seed, resample)
  bool bca = false;        ///< also BCa intervals; they cost a further pass for each patient
  bool progress = false;   ///< say how far the resampling has come
};

/// Statistics of a weighted set of patients, always the same number of them; NaN where undefined. Called from several threads.
using Statistics = std::function<std::vector<double>(const std::vector<int>* patient_weight)>;

/// How often each patient is drawn in one resample with replacement.
std::vector<int> patient_weights(std::size_t patients, std::uint64_t seed, std::uint64_t resample);

/// Statistics of every resample, [resamples][statistics].
std::vector<std::vector<double>> resample(const Statistics& statistics, std::size_t patients, const BootstrapOptions& options);

/// One estimate a statistic. A statistic that a resample leaves undefined is left out of its interval.
std::vector<Estimate> estimates(const Statistics& statistics, std::size_t patients, const BootstrapOptions& options);

/// numpy's default quantile: linear between order statistics. `values` is not empty; it is sorted.
double quantile(std::vector<double>& values, double q);

/// Efron 1987: bias from the share of `resampled` below `value` (equals count half), acceleration from the leave-one-patient-out values. Nothing where
/// either is undefined.
std::optional<std::pair<double, double>> bca_interval(double value, std::vector<double> resampled, const std::vector<double>& jackknife);

/// Calls work(0) … work(count - 1) from as many threads as there are cores. The progress is headed by `label`, where there is one.
void parallel_for(std::size_t count, const std::function<void(std::size_t)>& work, const std::string& label = "");

double normal_cdf(double x);
/// Inverse of normal_cdf, p in (0, 1), to 1e-15 (Acklam's approximation and two Halley steps).
double normal_quantile(double p);

}  // namespace ecg_lora::score
