// Differences of two runs, with the same patients left out of both.
#pragma once

#include <vector>

#include "ecg_lora/metrics/statistics/difference.h"
#include "ecg_lora/metrics/statistics/estimates.h"

namespace ecg_lora::metrics {

/// Each statistic of the second run minus the first's, over the same `patients` patients; both must
/// give equally many statistics. The interval is the difference -+ Student's quantile times its
/// standard error by the jackknife over groups of patients (options.resamples of them at most), and
/// p is the t-test's with that error and its degrees of freedom. A difference that a group leaves
/// undefined has neither.
std::vector<Difference> paired_differences(const WeightedStatistics& first,
                                           const WeightedStatistics& second, std::size_t patients,
                                           const IntervalOptions& options);

}  // namespace ecg_lora::metrics
