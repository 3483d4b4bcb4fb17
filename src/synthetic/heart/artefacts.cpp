#include "artefacts.h"

#include <cmath>

#include "ecg_lora/base/two_pi.h"
#include "oscillator.h"

namespace ecg_lora::synthetic {
namespace {

constexpr std::size_t kElectrodes =
    9;  // RA, LA, LL, V1 … V6; the leg at the right is the reference

using Potential = std::vector<double>;  // mV, one per sample

void add_wander(double depth, double breath_rate, double rate, Random& random,
                Potential& potential) {
  Oscillator waves[3] = {{breath_rate, random.uniform(0, kTwoPi), rate},
                         {random.uniform(0.1, 0.2), random.uniform(0, kTwoPi), rate},
                         {random.uniform(0.03, 0.09), random.uniform(0, kTwoPi), rate}};
  const double depths[3] = {depth * random.uniform(0.3, 1), depth * random.uniform(0.1, 0.6),
                            depth * random.uniform(0.3, 1.2)};
  for (double& value : potential) {
    for (int k = 0; k < 3; ++k) value += depths[k] * waves[k].next();
  }
}

/// White noise above a corner of about 15 Hz, louder and softer over seconds. What lies above half
/// the sampling rate is missing, as behind a filter.
void add_muscle(double deviation, double rate, Random& random, Potential& potential) {
  Oscillator tension(random.uniform(0.08, 0.3), random.uniform(0, kTwoPi), rate);
  const double share = kTwoPi * 15 / (kTwoPi * 15 + rate),
               band = std::sqrt(std::min(1.0, rate / 400));
  double slow = 0;
  for (double& value : potential) {
    const double white = nearly_normal(random);
    slow += share * (white - slow);
    const double loud = tension.next();
    value += deviation * band * (0.45 + 0.55 * loud * loud) * (white - slow);
  }
}

void add_jolt(double rate, Random& random, Potential& potential) {
  const double duration = static_cast<double>(potential.size()) / rate;
  const double centre = random.uniform(0, duration), rise = random.uniform(0.02, 0.15),
               fall = random.uniform(0.1, 0.5);
  const double height = (random.bernoulli(0.5) ? 1 : -1) * random.uniform(0.08, 0.4);
  for (std::size_t i = 0; i < potential.size(); ++i) {
    const double distance = static_cast<double>(i) / rate - centre;
    potential[i] += height * std::exp(-std::abs(distance) / (distance < 0 ? rise : fall));
  }
}

/// What is drawn for each electrode and holds at any sampling rate comes first, then what is drawn
/// a sample.
std::array<Potential, kElectrodes> potentials(const Artefacts& artefacts, double breath_rate,
                                              std::size_t samples, double rate, Random& random) {
  std::array<Potential, kElectrodes> result;
  const double phase = random.uniform(0, kTwoPi);
  for (std::size_t k = 0; k < kElectrodes; ++k) {
    result[k].resize(samples);
    const double factor = static_cast<int>(k) == artefacts.loose ? 4 : random.uniform(0.5, 1.3);
    add_wander(factor * artefacts.wander, breath_rate, rate, random, result[k]);
    const double hum = artefacts.mains * random.uniform(0.2, 1);
    if (hum > 0 && rate > 100) {
      Oscillator mains(50, phase, rate);
      for (double& value : result[k]) value += hum * mains.next();
    }
  }
  for (int jolt = 0; jolt < artefacts.jolts; ++jolt)
    add_jolt(rate, random, result[random.uniform_int(kElectrodes)]);
  for (std::size_t k = 0; k < kElectrodes; ++k) {
    // Arms tremble more than the chest.
    const double factor = static_cast<int>(k) == artefacts.loose ? 4 : k < 3 ? 1 : 0.6;
    if (artefacts.muscle > 0) add_muscle(factor * artefacts.muscle, rate, random, result[k]);
  }
  return result;
}

}  // namespace

void add_artefacts(const Artefacts& artefacts, double breath_rate, double rate, Random& random,
                   std::array<std::vector<double>, kMeasured>& leads) {
  const auto electrode = potentials(artefacts, breath_rate, leads[0].size(), rate, random);
  for (std::size_t i = 0; i < leads[0].size(); ++i) {
    const double right = electrode[0][i], left = electrode[1][i], leg = electrode[2][i];
    leads[0][i] += left - right;
    leads[1][i] += leg - right;
    for (std::size_t k = 2; k < kMeasured; ++k)
      leads[k][i] += electrode[k + 1][i] - (right + left + leg) / 3;
  }
}

}  // namespace ecg_lora::synthetic
