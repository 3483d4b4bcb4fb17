// Estimates with intervals over patients: from leaving patients out, and from resamples.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace ecg_lora::metrics {

/// A value, its 95 % interval by the jackknife (interval.h) and its 95 % BCa interval. The value
/// lies in each. Nothing where one is undefined or was not asked for.
struct Estimate {
  std::optional<double> value, low, high;
  std::optional<double> bca_low = {}, bca_high = {};
};

struct BootstrapOptions {
  /// Groups of patients that are left out in turn, at most: with no more patients than that each is
  /// a group of its own. Also the number of resamples of BCa. Less than 2: no intervals.
  int resamples = 1000;
  std::uint64_t seed = 1;  ///< deals patients to groups where there are more of them; each resample
                           ///< is a pure function of (seed, resample)
  bool bca = false;        ///< also BCa intervals; the resamples cost as much again
  bool progress = false;   ///< say how far it has come
};

/// How much each patient counts.
using PatientWeights = std::vector<double>;

/// Statistics of a weighted set of patients, always the same number of them; NaN where undefined.
/// Null: each counts once. Called from several threads.
using Statistics = std::function<std::vector<double>(const PatientWeights*)>;

/// The group of each patient, 0 to min(patients, options.resamples) - 1: its own number, or, with
/// more patients than groups, dealt by the seed into groups whose sizes differ by at most one.
std::vector<std::size_t> patient_groups(std::size_t patients, const BootstrapOptions& options);

/// Statistics without each group, [groups][statistics].
std::vector<std::vector<double>> without_groups(const Statistics& statistics, std::size_t patients,
                                                const BootstrapOptions& options);

/// Weights of one resample: exponential of mean 1, independent (the Bayesian bootstrap, Rubin 1981;
/// as fractional-random-weight bootstrap Xu et al. 2020). No patient is ever absent, so that each
/// resample has every label that the whole has.
PatientWeights patient_weights(std::size_t patients, std::uint64_t seed, std::uint64_t resample);

/// What estimates() has to know of statistics; an empty list is the default for all of them.
struct StatisticsKind {
  std::vector<double> highest = {};  ///< each runs from 0 to this; 1
  /// The statistic whose bias each one has; its own. A mean over labels names one that gives a
  /// label its value of all patients where a group leaves it undefined: the mean itself then goes
  /// over the other labels, which is right for the error (nothing else tells that of a label with
  /// one patient) and not for the bias.
  std::vector<std::size_t> bias_of = {};
};

/// One estimate a statistic.
std::vector<Estimate> estimates(const Statistics& statistics, std::size_t patients,
                                const BootstrapOptions& options, const StatisticsKind& kind = {});

double normal_cdf(double x);
/// Inverse of normal_cdf, p in (0, 1), to 1e-15 (Acklam's approximation and two Halley steps).
double normal_quantile(double p);

}  // namespace ecg_lora::metrics
