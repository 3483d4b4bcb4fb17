#include "ecg_lora/synthetic/heart/signal.h"

#include <cmath>

#include "artefacts.h"
#include "beat.h"
#include "beat_times.h"
#include "ecg_lora/base/error.h"
#include "heart.h"
#include "leads.h"
#include "noise.h"

namespace ecg_lora::synthetic {
namespace {

constexpr double kGrid = 1000;  // steps a mV: PTB-XL's resolution

using Measured = std::array<std::vector<double>, kMeasured>;

Dipole beating_heart(const Morphology& morphology, double seconds, double rate, Random& random) {
  const auto samples = static_cast<std::size_t>(std::llround(seconds * rate));
  Dipole dipole{std::vector<double>(samples), std::vector<double>(samples),
                std::vector<double>(samples)};
  if (morphology.rhythm.mechanism != Mechanism::plain) {
    add_scheduled_heart(morphology, seconds, rate, random, dipole);
    return dipole;
  }
  const Beat ectopic =
      ectopic_beat(morphology, random);  // one focus: all premature beats look alike
  for (const BeatTime& time : beat_times(morphology, seconds, random)) {
    const Beat beat = time.ectopic ? ectopic : ordinary_beat(morphology, time.rr);
    add_beat(beat, time.onset, rate, dipole);
  }
  add_atrial_waves(morphology, rate, random, dipole);
  return dipole;
}

Measured measure(const Dipole& dipole, const std::array<Vector, 6>& placement) {
  Measured leads;
  for (std::size_t k = 0; k < kMeasured; ++k) {
    Vector weight = measured_leads()[k].weight;
    if (k >= 2) {
      const Vector& shift = placement[k - 2];
      weight = {weight.left + shift.left, weight.inferior + shift.inferior,
                weight.anterior + shift.anterior};
    }
    leads[k].resize(dipole.left.size());
    for (std::size_t i = 0; i < leads[k].size(); ++i) {
      leads[k][i] = project(weight, dipole.left[i], dipole.inferior[i], dipole.anterior[i]);
    }
  }
  return leads;
}

wfdb::Lead lead(const std::string& name, std::size_t samples) {
  return {name, "mV", std::vector<double>(samples)};
}

/// Rounds I and II to the grid and derives the other limb leads from the rounded values.
void add_limb_leads(const Measured& measured, wfdb::Record& record) {
  const std::size_t samples = measured[0].size();
  for (std::size_t k = 0; k < 6; ++k)
    record.leads.push_back(lead(wfdb::standard_leads()[k], samples));
  for (std::size_t i = 0; i < samples; ++i) {
    const double one = std::nearbyint(measured[0][i] * kGrid),
                 two = std::nearbyint(measured[1][i] * kGrid);
    const double limbs[6] = {one,
                             two,
                             two - one,
                             std::nearbyint(-(one + two) / 2),
                             std::nearbyint(one - two / 2),
                             std::nearbyint(two - one / 2)};
    for (std::size_t k = 0; k < 6; ++k) record.leads[k].samples[i] = limbs[k] / kGrid;
  }
}

}  // namespace

wfdb::Record synthesise(const Morphology& morphology, double seconds, double sampling_rate,
                        Random& random) {
  if (!(seconds > 0 && sampling_rate > 0 && morphology.heart_rate > 0)) {
    throw_usage(
        "a synthetic recording: expected a duration, sampling rate and heart rate above 0, got ",
        seconds, " s, ", sampling_rate, " Hz, ", morphology.heart_rate, "/min");
  }
  Measured measured =
      measure(beating_heart(morphology, seconds, sampling_rate, random), morphology.placement);
  if (morphology.rhythm.mechanism == Mechanism::plain) {
    add_noise(morphology.noise, sampling_rate, random, measured);
  } else {
    add_artefacts(morphology.artefacts, morphology.variation.breath_rate, sampling_rate, random,
                  measured);
  }
  wfdb::Record record;
  record.sampling_rate = sampling_rate;
  record.leads.reserve(12);
  add_limb_leads(measured, record);
  for (std::size_t k = 2; k < kMeasured; ++k) {
    record.leads.push_back(lead(measured_leads()[k].name, measured[k].size()));
    for (std::size_t i = 0; i < measured[k].size(); ++i) {
      record.leads.back().samples[i] = std::nearbyint(measured[k][i] * kGrid) / kGrid;
    }
  }
  return record;
}

}  // namespace ecg_lora::synthetic
