// What a recording holds besides heartbeats.
#pragma once

#include <array>
#include <vector>

#include "beat.h"
#include "leads.h"

namespace ecg_lora::synthetic {

/// Adds fibrillatory and flutter waves of the atria.
void add_atrial_waves(const Morphology& morphology, double sampling_rate, Random& random,
                      Dipole& dipole);

/// Adds wander, muscle and mains noise to each measured lead.
void add_noise(const Noise& noise, double sampling_rate, Random& random,
               std::array<std::vector<double>, kMeasured>& leads);

}  // namespace ecg_lora::synthetic
