#include "heart.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "beat_schedule.h"
#include "ecg_lora/base/two_pi.h"
#include "noise.h"

namespace ecg_lora::synthetic {
namespace {

constexpr double kSpikeSigma = 0.0012;    // s, a pulse behind the recorder's 150 Hz filter
constexpr double kSpikeBeforeQrs = 0.02;  // s
constexpr double kRightSigma = 0.016, kLeftSigma = 0.019;  // s, of the two parts of P

/// Turns `v` about the axis from front to back and scales it.
Vector turned(const Vector& v, double degrees, double factor) {
  const double angle = degrees * std::numbers::pi / 180, c = std::cos(angle), s = std::sin(angle);
  return {factor * (c * v.left - s * v.inferior), factor * (s * v.left + c * v.inferior),
          factor * v.anterior};
}

void turn(Beat& beat, double degrees, double factor) {
  for (Bump& bump : beat.bumps) bump.peak = turned(bump.peak, degrees, factor);
  beat.st.level = turned(beat.st.level, degrees, factor);
}

/// A wide beat that spreads from muscle to muscle, with ST and T against QRS.
Beat focus_beat(const Focus& focus) {
  const double d = focus.duration, angle = focus.axis * std::numbers::pi / 180;
  const Vector main{focus.amplitude * std::cos(angle), focus.amplitude * std::sin(angle),
                    focus.anterior};
  Beat beat;
  beat.bumps.push_back({turned(main, 12, 0.32), 0.22 * d, 0.1 * d, 0.12 * d});
  beat.bumps.push_back({main, 0.46 * d, 0.14 * d, 0.13 * d});
  beat.bumps.push_back({turned(main, -10, 0.55), 0.72 * d, 0.1 * d, 0.11 * d});
  beat.st = {turned(main, 0, -0.12), d, d + 0.14};
  beat.bumps.push_back({turned(main, 0, -0.36), d + 0.17, 0.065, 0.05});
  return beat;
}

/// Times after the onset of P.
Beat p_wave(const Morphology& m, AtrialEvent::Kind kind) {
  const double right = 2.3 * kRightSigma;
  Beat beat{{{m.atria.right, right, kRightSigma, kRightSigma},
             {m.atria.left, right + m.atria.delay, kLeftSigma, kLeftSigma}},
            {}};
  if (kind == AtrialEvent::Kind::sinus) return beat;
  // From below: against the usual direction in II, III and aVF.
  const bool retrograde = kind == AtrialEvent::Kind::retrograde;
  for (Bump& bump : beat.bumps) {
    bump.peak.inferior *= retrograde ? -1.3 : -0.5;
    bump.peak.left *= 0.4;
    bump.peak.anterior = (retrograde ? 0.9 : 0.6) * std::abs(bump.peak.anterior);
  }
  return beat;
}

/// A pacemaker's pulse. If the sampling is too slow for it, it is as wide and low as a filter
/// leaves it.
Beat spike(double height, double rate) {
  const double sigma = std::hypot(kSpikeSigma, 0.4 / rate), peak = height * kSpikeSigma / sigma;
  return {{{{-0.35 * peak, -0.85 * peak, 0.5 * peak}, 0, sigma, sigma}}, {}};
}

/// Saw teeth from their first harmonics: slow fall and quick rise in the inferior leads, upright in
/// V1.
void add_flutter_waves(const Morphology& m, double start, double rate, Dipole& dipole) {
  const double hertz = m.rhythm.atrial_rate / 60;
  for (std::size_t i = 0; i < dipole.left.size(); ++i) {
    const double phase = kTwoPi * hertz * (static_cast<double>(i) / rate - start);
    const double saw = std::sin(phase) + std::sin(2 * phase) / 2.2 + std::sin(3 * phase) / 4;
    dipole.inferior[i] += m.flutter * saw;
    dipole.left[i] += 0.1 * m.flutter * saw;
    dipole.anterior[i] += 0.75 * m.flutter * std::sin(phase + 0.6);
  }
}

/// The morphology of one beat: T and QT by how far `chance`, a standard normal number, is from 0.
Morphology repolarised(const Morphology& m, double chance) {
  Morphology varied = m;
  const double t = 1 + m.variation.repolarisation * chance;
  varied.t_amplitude = {t * m.t_amplitude.lateral, t * m.t_amplitude.inferior,
                        t * m.t_amplitude.anterior};
  varied.qtc *= 1 + 0.1 * m.variation.repolarisation * chance;
  return varied;
}

}  // namespace

void add_scheduled_heart(const Morphology& m, double seconds, double rate, Random& random,
                         Dipole& dipole) {
  const Schedule plan = schedule(m, seconds, random);
  const double start_of_breath = random.uniform(0, kTwoPi);
  const auto breath = [&](double time) {
    return std::sin(kTwoPi * m.variation.breath_rate * time + start_of_breath);
  };
  for (const AtrialEvent& event : plan.atria) {
    if (event.spike) add_beat(spike(0.6 * m.rhythm.spike, rate), event.onset - 0.01, rate, dipole);
    Beat p = p_wave(m, event.kind);
    turn(p, m.variation.axis * breath(event.onset),
         1 + m.variation.amplitude * breath(event.onset));
    add_beat(p, event.onset, rate, dipole);
  }
  for (const VentricularEvent& event : plan.ventricles) {
    const double swing = breath(event.onset), chance = std::clamp(random.normal(), -2.5, 2.5);
    if (event.spike)
      add_beat(spike(m.rhythm.spike, rate), event.onset - kSpikeBeforeQrs, rate, dipole);
    Beat beat =
        event.focus ? focus_beat(m.rhythm.focus) : conducted_beat(repolarised(m, chance), event.rr);
    turn(beat, m.variation.axis * swing, 1 + m.variation.amplitude * swing);
    add_beat(beat, event.onset, rate, dipole);
  }
  if (m.rhythm.mechanism == Mechanism::flutter) {
    add_flutter_waves(m, plan.flutter_start, rate, dipole);
  } else {
    add_atrial_waves(m, rate, random, dipole);
  }
}

}  // namespace ecg_lora::synthetic
