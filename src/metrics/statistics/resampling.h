// Patients left out in groups, and patients weighted at random.
#pragma once

#include <cstdint>
#include <vector>

#include "ecg_lora/metrics/statistics/estimates.h"

namespace ecg_lora::metrics {

/// The group of each patient, 0 to min(patients, options.resamples) - 1: its own number, or, with
/// more patients than groups, dealt by the seed into groups whose sizes differ by at most one.
std::vector<std::size_t> patient_groups(std::size_t patients, const IntervalOptions& options);

/// Statistics without each group, [groups][statistics].
std::vector<std::vector<double>> without_groups(const WeightedStatistics& statistics,
                                                std::size_t patients,
                                                const IntervalOptions& options);

/// Weights of one resample: exponential of mean 1, independent (the Bayesian bootstrap, Rubin 1981;
/// as fractional-random-weight bootstrap Xu et al. 2020). No patient is ever absent, so that each
/// resample has every label that the whole has.
PatientWeights patient_weights(std::size_t patients, std::uint64_t seed, std::uint64_t resample);

/// Statistics of every resample, [options.resamples][statistics].
std::vector<std::vector<double>> resampled(const WeightedStatistics& statistics,
                                           std::size_t patients, const IntervalOptions& options);

}  // namespace ecg_lora::metrics
