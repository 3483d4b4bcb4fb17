// Two runs under the same resamples of patients.
#pragma once

#include <vector>

#include "ecg_lora/score/bootstrap.h"
#include "ecg_lora/score/difference.h"

namespace ecg_lora::score {

/// Each statistic of the second run minus the first's. A resample that leaves either undefined is left out of that statistic's interval and p.
std::vector<Difference> paired_differences(const Statistics& first, const Statistics& second, std::size_t patients, const BootstrapOptions& options);

}  // namespace ecg_lora::score
