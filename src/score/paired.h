// Two runs with the same patients left out.
#pragma once

#include <vector>

#include "ecg_lora/score/bootstrap.h"
#include "ecg_lora/score/difference.h"

namespace ecg_lora::score {

/// Each statistic of the second run minus the first's: the difference -+ Student's quantile times
/// its standard error by the jackknife over the same groups of patients, and p of the t-test with
/// that error and its degrees of freedom. What a group leaves undefined has neither.
std::vector<Difference> paired_differences(const Statistics& first, const Statistics& second,
                                           std::size_t patients, const BootstrapOptions& options);

}  // namespace ecg_lora::score
