// Intraventricular conduction: AHA/ACCF/HRS recommendations (2009), part III.
#include "cohort_conditions.h"

namespace ecg_lora::synthetic {
namespace {

void left_bundle(const Change& c) {
  Morphology& m = c.m;
  m.qrs_duration = c.graded(0.136, 0.168);
  m.frontal_axis = c.uniform(-40, 35);
  m.qrs_amplitude = c.uniform(1.05, 1.5);
  m.main_anterior = -c.uniform(0, 0.25);
  m.septal = -c.uniform(0.06, 0.12);
  m.anterior_forces = c.uniform(0, 0.12);
  m.posterior_forces = c.uniform(1.05, 1.6);
  m.notch = c.uniform(0.42, 0.68);
  m.st_level = {-c.uniform(0.08, 0.16), -0.02, c.uniform(0.12, 0.26)};
  m.t_amplitude = {-c.uniform(0.2, 0.38), c.uniform(-0.08, 0.1), c.uniform(0.4, 0.65)};
}
void right_terminal(const Change& c, double size, double duration) {
  c.m.qrs_duration = duration;
  c.m.terminal = {-size * c.uniform(0.5, 0.75), size * c.uniform(-0.15, 0.15),
                  size * c.uniform(0.8, 1.05)};
  c.m.posterior_forces *= c.uniform(0.45, 0.65);
}
void right_bundle(const Change& c) {
  right_terminal(c, c.graded(0.65, 1.05), c.graded(0.132, 0.16));
  c.m.t_amplitude.anterior = -c.uniform(0.1, 0.22);
}
void incomplete_right_bundle(const Change& c) {
  right_terminal(c, c.graded(0.38, 0.5), c.uniform(0.106, 0.116));
}
void left_anterior(const Change& c) {
  Morphology& m = c.m;
  m.frontal_axis = -c.graded(47, 75);
  m.initial = {-c.uniform(0.06, 0.13), c.uniform(0.32, 0.45), 0.05};
  m.qrs_duration = std::max(m.qrs_duration, c.uniform(0.096, 0.112));
  m.posterior_forces *= 0.85;
}
void left_posterior(const Change& c) {
  Morphology& m = c.m;
  m.frontal_axis = c.graded(99, 125);
  m.initial = {c.uniform(0.32, 0.45), -c.uniform(0.25, 0.35), 0};
  m.qrs_duration = std::max(m.qrs_duration, c.uniform(0.094, 0.11));
}
void unspecific(const Change& c) {
  Morphology& m = c.m;
  m.qrs_duration = c.graded(0.138, 0.158);
  m.notch = c.uniform(0.3, 0.6);
  m.t_amplitude = {0.6 * m.t_amplitude.lateral, 0.7 * m.t_amplitude.inferior,
                   m.t_amplitude.anterior};
}
void preexcitation(const Change& c) {
  Morphology& m = c.m;
  m.heart_rate = std::min(m.heart_rate, 92.0);
  m.pr_interval = c.uniform(0.085, 0.105);
  m.qrs_duration = c.uniform(0.086, 0.1);
  const bool left_sided = c.r.bernoulli(0.5);  // type A: upright in V1
  const double size = c.graded(0.42, 0.6);
  m.delta = left_sided ? Vector{0.5 * size, (c.r.bernoulli(0.5) ? 0.6 : -0.5) * size, 1.0 * size}
                       : Vector{1.0 * size, (c.r.bernoulli(0.5) ? 0.3 : -0.4) * size, -0.1 * size};
  m.septal = 0;
  if (left_sided) {
    m.main_anterior = c.uniform(0.3, 0.6);
    m.posterior_forces *= 0.35;
  } else {
    m.frontal_axis = c.uniform(-30, 25);
  }
  const double against = c.graded(0.2, 0.9);  // repolarisation turns against the delta wave
  m.t_amplitude.lateral -= against * m.delta.left;
  m.t_amplitude.inferior -= against * m.delta.inferior;
  m.t_amplitude.anterior -= against * m.delta.anterior;
}

}  // namespace

const std::vector<CohortCondition>& cohort_conduction() {
  constexpr unsigned wide = kConduction | kInfarction | kHypertrophy | kRepolarisation | kVoltage;
  static const std::vector<CohortCondition> kAll = {
      {"CLBBB", ConditionGroup::conduction, 2, true, 70, 11, 0.5, "linksschenkelblock",
       "left bundle branch block", wide, left_bundle},
      {"CRBBB", ConditionGroup::conduction, 2, true, 68, 13, 0.35, "rechtsschenkelblock",
       "right bundle branch block", kConduction | kHypertrophy | kRepolarisation | kVoltage,
       right_bundle},
      {"IRBBB", ConditionGroup::conduction, 2, true, 50, 19, 0.4,
       "unvollständiger rechtsschenkelblock", "incomplete right bundle branch block", kConduction,
       incomplete_right_bundle},
      {"LAFB", ConditionGroup::conduction, 2, true, 67, 13, 0.4, "linksanteriorer hemiblock",
       "left anterior fascicular block", kConduction, left_anterior},
      {"LPFB", ConditionGroup::conduction, 1, true, 62, 15, 0.4, "linksposteriorer hemiblock",
       "left posterior fascicular block", kConduction | kInfarction | kHypertrophy | kVoltage,
       left_posterior},
      {"IVCD", ConditionGroup::conduction, 1, true, 65, 14, 0.35,
       "unspezifische intraventrikuläre leitungsstörung",
       "non-specific intraventricular conduction delay", wide, unspecific},
      {"WPW", ConditionGroup::conduction, 1, true, 37, 13, 0.4, "wpw-syndrom",
       "wolff-parkinson-white pattern", wide | kAtria | kAv | kRhythm, preexcitation},
  };
  return kAll;
}

}  // namespace ecg_lora::synthetic
