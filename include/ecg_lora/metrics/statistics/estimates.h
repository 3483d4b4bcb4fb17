// Estimates: values of statistics with 95 % intervals over patients, who are left out in turn (the
// jackknife) and, if that is asked for, resampled (BCa).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace ecg_lora::metrics {

/// A value, its 95 % interval by the jackknife and its 95 % BCa interval. The value lies in each.
/// What is undefined or was not asked for is empty.
struct Estimate {
  std::optional<double> value, low, high;
  std::optional<double> bca_low = {}, bca_high = {};
};

/// How intervals are made.
struct IntervalOptions {
  /// Most groups of patients that are left out in turn: with no more patients than that each is a
  /// group of its own. Also the number of resamples of BCa. Less than 2: no intervals.
  int resamples = 1000;
  std::uint64_t seed = 1;  ///< deals patients to groups if there are more of them; each resample is
                           ///< a pure function of (seed, resample)
  bool bca = false;        ///< also BCa intervals; the resamples cost as much again
  bool progress = false;   ///< show a progress bar
};

/// How much each patient counts, by the patient's number; at least 0.
using PatientWeights = std::vector<double>;

/// Statistics of a weighted set of patients: always the same number of them, NaN where undefined.
/// Null: each patient counts once. Called from several threads at a time.
using WeightedStatistics = std::function<std::vector<double>(const PatientWeights*)>;

/// What estimates() must know of each statistic; an empty list is the default for all of them.
struct StatisticTraits {
  std::vector<double> highest = {};  ///< each runs from 0 to this; 1
  /// The statistic whose bias each one has; its own. A mean over labels names one that gives a
  /// label its value of all patients where a group leaves it undefined: the mean itself then goes
  /// over the other labels, which is right for the error (nothing else shows that of a label with
  /// one patient) and not for the bias.
  std::vector<std::size_t> bias_of = {};
};

/// One estimate per statistic, of `patients` patients.
///
/// The interval is symmetric on the logit scale: standard error by the jackknife (Tukey 1958),
/// Student's quantile for its degrees of freedom (Satterthwaite 1946), centred on the value less
/// its bias (Quenouille 1956). BCa is that of Efron (1987), over resamples that weight each patient
/// by an independent exponential (the Bayesian bootstrap, Rubin 1981). A statistic has no interval
/// with fewer than two patients, if it is 0 or the highest, or if a group leaves it undefined.
std::vector<Estimate> estimates(const WeightedStatistics& statistics, std::size_t patients,
                                const IntervalOptions& options, const StatisticTraits& traits = {});

}  // namespace ecg_lora::metrics
