// Two runs with the same patients left out.
#pragma once

#include <vector>

#include "ecg_lora/metrics/statistics/bootstrap.h"
#include "ecg_lora/metrics/statistics/difference.h"

namespace ecg_lora::metrics {

/// Each statistic of the second run minus the first's: the difference -+ Student's quantile times
/// its standard error by the jackknife over the same groups of patients, and p of the t-test with
/// that error and its degrees of freedom. What a group leaves undefined has neither.
std::vector<Difference> paired_differences(const Statistics& first, const Statistics& second,
                                           std::size_t patients, const BootstrapOptions& options);

}  // namespace ecg_lora::metrics
