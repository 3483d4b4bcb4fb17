// Recordings whose rate and axis are known.
#pragma once

#include <cmath>
#include <numbers>
#include <utility>

#include "ecg_lora/synthetic/heart/signal.h"

namespace ecg_lora::testing {

/// A healthy trace whose QRS net vector points exactly along `axis`: without the septal vector,
/// main and S vector are parallel.
inline synthetic::Morphology heart(double rate = 70, double axis = 50) {
  synthetic::Morphology m;
  m.heart_rate = rate;
  m.rr_irregularity = 0;
  m.frontal_axis = axis;
  m.septal = 0;
  return m;
}

inline wfdb::Record trace(const synthetic::Morphology& morphology, double sampling_rate = 100,
                          double seconds = 10, std::uint64_t seed = 3) {
  Random random{seed};
  return synthetic::synthesise(morphology, seconds, sampling_rate, random);
}

/// White noise in place of the heart, mV.
inline wfdb::Record noise(double sampling_rate, double deviation, std::uint64_t seed) {
  wfdb::Record record = trace(heart(), sampling_rate);
  Random random{seed};
  for (auto& lead : record.leads)
    for (double& sample : lead.samples) sample = random.normal(0, deviation);
  return record;
}

/// The same wave in all leads at different sizes, about `frequency` Hz: a sine, or where `width` is
/// above 0 noise in a band of that width. As fibrillating ventricles.
inline wfdb::Record wave(double sampling_rate, double frequency, double width, std::uint64_t seed) {
  wfdb::Record record = trace(heart(), sampling_rate);
  Random random{seed};
  const double radius = std::exp(-std::numbers::pi * width / sampling_rate),
               turn = 2 * std::numbers::pi * frequency / sampling_rate;
  double before = std::sin(turn), last = 0;  // a resonator: noise keeps it ringing
  for (std::size_t i = 0; i < record.length(); ++i) {
    const double next = 2 * radius * std::cos(turn) * last - radius * radius * before +
                        (width > 0 ? 0.1 * random.normal() : 0);
    before = std::exchange(last, next);
    for (std::size_t k = 0; k < record.leads.size(); ++k)
      record.leads[k].samples[i] = next * (0.5 + 0.1 * static_cast<double>(k));
  }
  return record;
}

}  // namespace ecg_lora::testing
