// Hypertrophy, the atria and voltage: AHA/ACCF/HRS recommendations (2009), parts II and V.
#include "cohort_conditions.h"

namespace ecg_lora::synthetic {
namespace {

void scale_qrs(Morphology& m, double factor) {
  m.qrs_amplitude *= factor;
  m.septal *= factor;
  m.anterior_forces *= factor;
  m.posterior_forces *= factor;
  m.main_anterior *= factor;
}

void keep(const Change&) {}

/// Tall QRS, with the strain pattern in the left leads from a moderate degree on.
void left_ventricle(const Change& c) {
  Morphology& m = c.m;
  m.qrs_amplitude = c.graded(2.0, 2.8);
  m.frontal_axis = c.uniform(-10, 50);
  m.qrs_duration = std::max(m.qrs_duration, c.uniform(0.096, 0.11));
  m.posterior_forces = c.graded(1.45, 2.0);
  m.anterior_forces = c.uniform(0.35, 0.55);
  if (c.severity > 0.25) {
    m.st_level = {-c.graded(0.05, 0.15), -0.02, c.uniform(0.05, 0.14)};
    m.t_amplitude = {-c.graded(0.12, 0.4), c.uniform(-0.05, 0.12), c.uniform(0.38, 0.6)};
  }
}
/// Axis to the right, R in V1 and S in V6, strain in the right leads.
void right_ventricle(const Change& c) {
  Morphology& m = c.m;
  m.frontal_axis = c.graded(102, 138);
  m.qrs_amplitude = c.uniform(0.9, 1.3);
  m.initial = {c.uniform(0.3, 0.5), 0.05, 0.1};
  m.main_anterior = c.graded(0.7, 1.15);
  m.anterior_forces = c.uniform(0.1, 0.25);
  m.posterior_forces = c.uniform(0.1, 0.3);
  m.terminal = {-c.uniform(0.2, 0.35), -0.1, 0.05};
  m.st_level.anterior = -c.graded(0.02, 0.1);
  m.t_amplitude.anterior = -c.graded(0.12, 0.32);
}
void left_atrium(const Change& c) {
  c.m.atria.left = {c.graded(0.17, 0.22), c.graded(0.06, 0.08), -c.graded(0.06, 0.1)};
  c.m.atria.right = {0.05, 0.09, 0.06};
  c.m.atria.delay = c.graded(0.052, 0.064);
  c.m.pr_interval = std::max(c.m.pr_interval, 0.165);
}
void right_atrium(const Change& c) {
  c.m.atria.right = {c.uniform(0.02, 0.07), c.graded(0.27, 0.36), c.graded(0.19, 0.26)};
  c.m.atria.left = {0.04, 0.03, -0.04};
  c.m.atria.delay = 0.022;
}
void low_voltage(const Change& c) {
  // 0.5 mV in the limb leads is the limit, from the highest to the lowest point of QRS; 1 mV in the
  // chest leads.
  scale_qrs(c.m, c.graded(0.34, 0.24) * 1.2 / c.m.qrs_amplitude);
  c.m.anterior_forces = std::min(c.m.anterior_forces, 0.22);
  c.m.posterior_forces = std::min(c.m.posterior_forces, 0.3);
  const double t = 0.6;
  c.m.t_amplitude = {t * c.m.t_amplitude.lateral, t * c.m.t_amplitude.inferior,
                     t * c.m.t_amplitude.anterior};
}

}  // namespace

const std::vector<CohortCondition>& cohort_muscle() {
  constexpr unsigned others = ~(kRhythm | kEctopy);
  static const std::vector<CohortCondition> kAll = {
      {"NORM", ConditionGroup::normal, 10, true, 50, 18, 0.54, "", "", others, keep},
      {"LVOLT", ConditionGroup::voltage, 1, true, 65, 15, 0.5, "periphere niederspannung",
       "low voltages", kVoltage | kHypertrophy | kConduction, low_voltage},
      {"LVH", ConditionGroup::hypertrophy, 3, true, 66, 13, 0.42, "linkshypertrophie",
       "left ventricular hypertrophy", kHypertrophy | kVoltage | kRepolarisation, left_ventricle},
      {"RVH", ConditionGroup::hypertrophy, 1, true, 52, 20, 0.45, "rechtshypertrophie",
       "right ventricular hypertrophy",
       kHypertrophy | kVoltage | kRepolarisation | kConduction | kInfarction, right_ventricle},
      {"LAO/LAE", ConditionGroup::atria, 2, true, 66, 13, 0.45, "p-sinistrocardiale",
       "left atrial enlargement", kAtria, left_atrium},
      {"RAO/RAE", ConditionGroup::atria, 1, true, 60, 16, 0.4, "p-dextrocardiale",
       "right atrial enlargement", kAtria, right_atrium},
  };
  return kAll;
}

}  // namespace ecg_lora::synthetic
