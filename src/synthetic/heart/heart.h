// The heart vector of a recording whose rhythm is scheduled (any mechanism but Mechanism::plain).
#pragma once

#include "beat.h"

namespace ecg_lora::synthetic {

/// Adds all beats and atrial waves to `dipole`.
void add_scheduled_heart(const Morphology& morphology, double seconds, double sampling_rate,
                         Random& random, Dipole& dipole);

}  // namespace ecg_lora::synthetic
