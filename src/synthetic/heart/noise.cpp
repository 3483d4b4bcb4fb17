#include "noise.h"

#include <cmath>

#include "ecg_lora/base/two_pi.h"
#include "oscillator.h"

namespace ecg_lora::synthetic {
namespace {

void add_fibrillation(double amplitude, double rate, Random& random, Dipole& dipole) {
  // Three waves of neighbouring rates beat against each other, which makes the trace irregular in
  // time and size.
  const double hertz = random.uniform(5, 6.5);
  Oscillator a(hertz, random.uniform(0, kTwoPi), rate),
      b(hertz * random.uniform(1.08, 1.2), random.uniform(0, kTwoPi), rate),
      c(hertz * random.uniform(1.25, 1.45), random.uniform(0, kTwoPi), rate);
  for (std::size_t i = 0; i < dipole.left.size(); ++i) {
    const double value = amplitude * (0.5 * a.next() + 0.4 * b.next() + 0.3 * c.next());
    dipole.left[i] += 0.3 * value;
    dipole.inferior[i] += 0.9 * value;
    dipole.anterior[i] += 1.1 * value;
  }
}

void add_flutter(double amplitude, double rate, Random& random, Dipole& dipole) {
  const double hertz = random.uniform(4.6, 5.4), start = random.uniform();
  for (std::size_t i = 0; i < dipole.left.size(); ++i) {
    const double cycle = hertz * static_cast<double>(i) / rate + start,
                 phase = cycle - std::floor(cycle);
    const double value = amplitude * (phase < 0.7 ? 0.5 - phase / 0.7 : (phase - 0.7) / 0.3 - 0.5);
    dipole.inferior[i] += value;
    dipole.anterior[i] -= 0.6 * value;
  }
}

}  // namespace

void add_atrial_waves(const Morphology& m, double sampling_rate, Random& random, Dipole& dipole) {
  if (m.fibrillation > 0) add_fibrillation(m.fibrillation, sampling_rate, random, dipole);
  if (m.flutter > 0) add_flutter(2 * m.flutter, sampling_rate, random, dipole);
}

void add_noise(const Noise& noise, double sampling_rate, Random& random,
               std::array<std::vector<double>, kMeasured>& leads) {
  const double breath = random.uniform(0.18, 0.35), drift = random.uniform(0.04, 0.12);
  for (std::vector<double>& lead : leads) {
    Oscillator breathing(breath, random.uniform(0, kTwoPi), sampling_rate);
    Oscillator drifting(drift, random.uniform(0, kTwoPi), sampling_rate);
    Oscillator mains(50, random.uniform(0, kTwoPi), sampling_rate);
    const double depth = noise.wander * random.uniform(0.3, 1),
                 slow = noise.wander * random.uniform(0.3, 1);
    for (double& sample : lead) {
      sample += depth * breathing.next() + slow * drifting.next() + noise.mains * mains.next() +
                noise.muscle * nearly_normal(random);
    }
  }
}

}  // namespace ecg_lora::synthetic
