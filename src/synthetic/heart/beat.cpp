#include "beat.h"

#include <algorithm>
#include <cmath>

namespace ecg_lora::synthetic {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kReach = 3.7;        // Gaussians are cut where they fall below 0.1 % of their peak
constexpr double kPSigma = 0.02;      // s; a P wave of 0.1 s
constexpr double kConducted = 0.095;  // s of QRS before a terminal vector of a delayed ventricle
constexpr double kEdge = 0.010;       // s, smooth edge of the ST segment
constexpr double kQ = 0.016;          // s by which a Q wave precedes the main vector
constexpr double kDelta = 0.04;       // s by which a delta wave precedes it

double size(const Vector& v) {
  return std::abs(v.left) + std::abs(v.inferior) + std::abs(v.anterior);
}
double size(const Regions& r) {
  return std::abs(r.lateral) + std::abs(r.inferior) + std::abs(r.anterior);
}
Vector vector(const Regions& r) {
  return {r.lateral, r.inferior, r.anterior};
}
Vector scaled(const Vector& v, double factor) {
  return {v.left * factor, v.inferior * factor, v.anterior * factor};
}

Vector frontal(double amplitude, double degrees) {
  return {amplitude * std::cos(degrees * kPi / 180), amplitude * std::sin(degrees * kPi / 180), 0};
}

/// s from the onset of QRS to the start of its normal part.
double lead_in(const Morphology& m) {
  return (size(m.q_wave) > 0 ? kQ : 0) + (size(m.delta) > 0 ? kDelta : 0);
}

void add_bump(const Bump& bump, double onset, double rate, Dipole& dipole) {
  const auto samples = static_cast<std::int64_t>(dipole.left.size());
  const double centre = onset + bump.centre;
  const auto first =
      std::max<std::int64_t>(0, std::llround(std::ceil((centre - kReach * bump.rise) * rate)));
  const auto last = std::min(
      samples - 1, std::int64_t{std::llround(std::floor((centre + kReach * bump.fall) * rate))});
  for (std::int64_t i = first; i <= last; ++i) {
    const double distance = static_cast<double>(i) / rate - centre;
    const double relative = distance / (distance < 0 ? bump.rise : bump.fall);
    const double value = std::exp(-0.5 * relative * relative);
    dipole.left[i] += value * bump.peak.left;
    dipole.inferior[i] += value * bump.peak.inferior;
    dipole.anterior[i] += value * bump.peak.anterior;
  }
}

void add_plateau(const Plateau& st, double onset, double rate, Dipole& dipole) {
  if (size(st.level) == 0) return;
  const auto samples = static_cast<std::int64_t>(dipole.left.size());
  const double from = onset + st.from, to = onset + st.to;
  const auto first = std::max<std::int64_t>(0, std::llround((from - 6 * kEdge) * rate));
  const auto last = std::min(samples - 1, std::int64_t{std::llround((to + 18 * kEdge) * rate)});
  for (std::int64_t i = first; i <= last; ++i) {
    const double time = static_cast<double>(i) / rate;
    const double value =
        1 / ((1 + std::exp((from - time) / kEdge)) * (1 + std::exp((time - to) / (3 * kEdge))));
    dipole.left[i] += value * st.level.left;
    dipole.inferior[i] += value * st.level.inferior;
    dipole.anterior[i] += value * st.level.anterior;
  }
}

}  // namespace

double Morphology::qt() const {
  return std::min(qtc * std::sqrt(rr()), 0.85 * rr());
}

std::vector<Bump> qrs_bumps(const Morphology& m) {
  const bool delayed = size(m.terminal) > 0;
  const double core = delayed ? std::min(m.qrs_duration, kConducted) : m.qrs_duration;
  const double q = lead_in(m);
  const auto bump = [&](const Vector& peak, double centre, double sigma) {
    return Bump{peak, q + centre * core, sigma * core, sigma * core};
  };
  Vector main = frontal(m.qrs_amplitude, m.frontal_axis);
  main.anterior = m.main_anterior;
  std::vector<Bump> bumps;
  if (size(m.delta) > 0) bumps.push_back({m.delta, 0.05, 0.019, 0.022});
  if (size(m.initial) > 0) bumps.push_back(bump(m.initial, 0.2, 0.085));
  bumps.push_back(bump({-0.8 * m.septal, -0.2 * m.septal, m.septal}, 0.17, 0.08));
  if (m.notch < 1) bumps.push_back(bump(scaled(main, 1 - m.notch), 0.45, 0.13));
  if (m.notch > 0) {
    bumps.push_back(bump(scaled(main, m.notch), 0.30, 0.10));
    bumps.push_back(bump(scaled(main, 0.95 * m.notch), 0.66, 0.11));
  }
  bumps.push_back(bump({0, 0, m.anterior_forces}, 0.30, 0.10));
  bumps.push_back(bump({0, 0, -m.posterior_forces}, 0.58, 0.14));
  if (!delayed && m.notch == 0) bumps.push_back(bump(scaled(main, -0.12), 0.82, 0.07));
  if (m.q_wave.lateral != 0 || m.q_wave.inferior != 0) {
    bumps.push_back({{-m.q_wave.lateral, -m.q_wave.inferior, 0}, 0.018, 0.009, 0.011});
  }
  // Wider in front, so that it runs into the posterior forces: QS.
  if (m.q_wave.anterior != 0) bumps.push_back({{0, 0, -m.q_wave.anterior}, 0.032, 0.014, 0.016});
  if (delayed) {
    const double sigma = std::max(0.012, (m.qrs_duration - 0.6 * core) / 4.2);
    bumps.push_back({m.terminal, q + m.qrs_duration - 2.1 * sigma, sigma, sigma});
  }
  return bumps;
}

Beat conducted_beat(const Morphology& m, double rr) {
  Beat beat{qrs_bumps(m), {}};
  // QT follows the rate slowly: half of a single beat's deviation from the mean distance counts.
  const double qt =
      std::min(m.qt() * std::sqrt(0.5 + 0.5 * rr / m.rr()), std::max(0.85 * rr, 0.24));
  const double j = m.qrs_duration + lead_in(m);
  const double fall = std::clamp(0.13 * qt, 0.025, 0.06) * m.t_width,
               peak = std::max(qt - 2.1 * fall, j + 0.05);
  beat.bumps.push_back(
      {vector(m.t_amplitude), peak, std::min(1.35 * fall, 0.5 * (peak - j) + 0.01), fall});
  beat.st = {vector(m.st_level), j, peak - 0.5 * fall};
  if (size(m.st_sag) > 0) {
    beat.bumps.push_back(
        {vector(m.st_sag), j + 0.45 * (peak - j), 0.36 * (peak - j), 0.3 * (peak - j)});
  }
  if (size(m.u_wave) > 0) beat.bumps.push_back({vector(m.u_wave), qt + 0.09, 0.035, 0.035});
  return beat;
}

Beat ordinary_beat(const Morphology& m, double rr) {
  Beat beat = conducted_beat(m, rr);
  if (m.p_amplitude > 0) {
    const double a = m.p_amplitude / 0.98;  // II sees 0.98 of a vector at 50 degrees
    beat.bumps.push_back(
        {{0.64 * a, 0.77 * a, 0.25 * a}, 2.5 * kPSigma - m.pr_interval, kPSigma, kPSigma});
  }
  return beat;
}

Beat ectopic_beat(const Morphology& m, Random& random) {
  const double degrees = random.uniform(-180, 180),
               amplitude = random.uniform(1.3, 1.9) * std::clamp(m.qrs_amplitude, 0.8, 1.5);
  const double depth = (random.bernoulli(0.5) ? 1 : -1) * random.uniform(0.6, 1.1) * amplitude;
  const double duration = random.uniform(0.15, 0.18);
  Vector main = frontal(amplitude, degrees);
  main.anterior = depth;
  Beat beat;
  beat.bumps.push_back({main, 0.42 * duration, 0.20 * duration, 0.18 * duration});
  beat.bumps.push_back({scaled(main, 0.35), 0.75 * duration, 0.10 * duration, 0.10 * duration});
  beat.bumps.push_back({scaled(main, -0.38), duration + 0.17, 0.065, 0.05});
  return beat;
}

void add_beat(const Beat& beat, double onset, double sampling_rate, Dipole& dipole) {
  for (const Bump& bump : beat.bumps) add_bump(bump, onset, sampling_rate, dipole);
  add_plateau(beat.st, onset, sampling_rate, dipole);
}

}  // namespace ecg_lora::synthetic
