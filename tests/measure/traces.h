// Recordings whose rate and axis are known.
#pragma once

#include "ecg_lora/synth/signal.h"

namespace ecg_lora::testing {

/// A healthy trace whose QRS net vector points exactly along `axis`: without the septal vector, main and S vector are parallel.
inline synth::Morphology heart(double rate = 70, double axis = 50) {
  synth::Morphology m;
  m.heart_rate = rate;
  m.rr_irregularity = 0;
  m.frontal_axis = axis;
  m.septal = 0;
  return m;
}

inline wfdb::Record trace(const synth::Morphology& morphology, double sampling_rate = 100, double seconds = 10, std::uint64_t seed = 3) {
  Random random{seed};
  return synth::synthesise(morphology, seconds, sampling_rate, random);
}

/// White noise in place of the heart, mV.
inline wfdb::Record noise(double sampling_rate, double deviation, std::uint64_t seed) {
  wfdb::Record record = trace(heart(), sampling_rate);
  Random random{seed};
  for (auto& lead : record.leads)
    for (double& sample : lead.samples) sample = random.normal(0, deviation);
  return record;
}

}  // namespace ecg_lora::testing
