// Infarction and injury: AHA/ACCF/HRS recommendations (2009), part VI; universal definition of
// infarction (2018).
#include "cohort_conditions.h"

namespace ecg_lora::synthetic {
namespace {

/// ST and T of an infarction's region by its age: raised, then inverted, then nearly normal.
struct Stage {
  double st, t;
};
Stage stage(const Change& c) {
  const double age = c.r.uniform();
  if (age < 0.2) return {c.graded(0.15, 0.3), c.uniform(0.2, 0.35)};
  if (age < 0.6) return {c.uniform(0.02, 0.09), -c.graded(0.18, 0.38)};
  return {0.01, c.uniform(-0.1, 0.12)};
}

void inferior(const Change& c) {
  const Stage s = stage(c);
  c.m.q_wave.inferior = c.graded(0.42, 0.7);
  c.m.frontal_axis = c.uniform(-20, 22);
  c.m.st_level.inferior += s.st;
  c.m.st_level.lateral -= 0.3 * s.st;
  c.m.t_amplitude.inferior = s.t;
}
/// Loss of forces to the front: QS or a small Q, no growth of R.
void anterior(const Change& c, double depth, double left) {
  const Stage s = stage(c);
  c.m.q_wave.anterior = depth;
  c.m.q_wave.lateral += left;
  c.m.septal *= 0.1;
  c.m.anterior_forces = c.uniform(0, 0.08);
  c.m.main_anterior = -c.uniform(0.3, 0.5) * depth;  // joins Q and S to one deflection
  c.m.posterior_forces = c.uniform(0.45, 0.75);
  c.m.st_level.anterior += s.st;
  c.m.st_level.inferior -= 0.25 * s.st;
  c.m.t_amplitude.anterior = s.st > 0.1 ? s.t + 0.15 : s.t;
}
void anteroseptal(const Change& c) {
  anterior(c, c.graded(0.4, 0.6), -c.uniform(0.1, 0.25));
  c.m.qrs_amplitude = std::max(c.m.qrs_amplitude, 1.1);
}
void anterior_wall(const Change& c) {
  anterior(c, c.graded(0.75, 1.1), 0.12);
  c.m.qrs_amplitude *= 0.85;
}
void anterolateral(const Change& c) {
  anterior(c, c.graded(0.55, 0.8), c.graded(0.4, 0.6));
  c.m.frontal_axis = c.uniform(45, 95);
  c.m.qrs_amplitude *= 0.8;
  c.m.t_amplitude.lateral = -c.uniform(0.1, 0.25);
}
void lateral(const Change& c) {
  const Stage s = stage(c);
  c.m.q_wave.lateral = c.graded(0.42, 0.65);
  c.m.frontal_axis = c.uniform(55, 95);
  c.m.qrs_amplitude *= 0.9;
  c.m.st_level.lateral += 0.8 * s.st;
  c.m.st_level.inferior -= 0.3 * s.st;
  c.m.t_amplitude.lateral = s.t;
}
/// The mirror image in V1 to V3: tall broad R, T upright and high.
void posterior(const Change& c) {
  c.m.main_anterior = c.graded(0.75, 1.05);
  c.m.anterior_forces = c.uniform(0.5, 0.7);
  c.m.posterior_forces = c.uniform(0.1, 0.25);
  c.m.qrs_duration = std::max(c.m.qrs_duration, 0.095);
  c.m.st_level.anterior = -c.uniform(0, 0.12);
  c.m.t_amplitude.anterior = c.graded(0.42, 0.6);
}
void aneurysm(const Change& c) {
  c.m.st_level.anterior = c.graded(0.2, 0.32);
  c.m.t_amplitude.anterior = -c.uniform(0.08, 0.22);
}
void anteroseptal_injury(const Change& c) {
  c.m.st_level.anterior = -c.graded(0.14, 0.26);
  c.m.t_amplitude.anterior = -c.uniform(0.05, 0.3);
}

}  // namespace

const std::vector<CohortCondition>& cohort_infarctions() {
  constexpr unsigned scar = kVoltage | kInfarction;
  static const std::vector<CohortCondition> kAll = {
      {"IMI", ConditionGroup::infarction, 3, true, 66, 11, 0.32, "inferiorer infarkt",
       "inferior infarct", scar, inferior},
      {"ASMI", ConditionGroup::infarction, 2, true, 67, 12, 0.35, "anteroseptaler infarkt",
       "anteroseptal infarct", scar, anteroseptal},
      {"AMI", ConditionGroup::infarction, 2, true, 66, 11, 0.33, "anteriorer infarkt",
       "anterior infarct", scar, anterior_wall},
      {"ALMI", ConditionGroup::infarction, 1, true, 67, 11, 0.33, "anterolateraler infarkt",
       "anterolateral infarct", scar, anterolateral},
      {"LMI", ConditionGroup::infarction, 1, true, 66, 12, 0.33, "lateraler infarkt",
       "lateral infarct", scar, lateral},
      {"PMI", ConditionGroup::infarction, 1, true, 65, 11, 0.3, "posteriorer infarkt",
       "posterior infarct", scar, posterior},
      {"ANEUR", ConditionGroup::repolarisation, 1, true, 68, 10, 0.3,
       "st-hebung, aneurysma möglich", "persisting st elevation, consider aneurysm",
       kRepolarisation, aneurysm},
      {"INJAS", ConditionGroup::repolarisation, 1, false, 67, 12, 0.4,
       "st-senkung anteroseptal, subendokardiale schädigung",
       "st segments are depressed in v1-4, anteroseptal subendocardial injury",
       kRepolarisation | kVoltage | kHypertrophy | kInfarction, anteroseptal_injury},
  };
  return kAll;
}

}  // namespace ecg_lora::synthetic
