// Interference where it enters a recording: at the electrodes.
#pragma once

#include <array>
#include <vector>

#include "leads.h"

namespace ecg_lora::synthetic {

/// Adds to each measured lead the difference of what its electrodes pick up (the chest leads
/// against Wilson's terminal), so that the limb leads agree in their artefacts as they do in the
/// heart's signal.
void add_artefacts(const Artefacts& artefacts, double breath_rate, double sampling_rate,
                   Random& random, std::array<std::vector<double>, kMeasured>& leads);

}  // namespace ecg_lora::synthetic
