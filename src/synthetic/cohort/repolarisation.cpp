// Repolarisation: AHA/ACCF/HRS recommendations (2009), parts IV and VI.
#include "cohort_conditions.h"

namespace ecg_lora::synthetic {
namespace {

void scale_t(Morphology& m, double lateral, double inferior, double anterior) {
  m.t_amplitude = {lateral * m.t_amplitude.lateral, inferior * m.t_amplitude.inferior,
                   anterior * m.t_amplitude.anterior};
}

void anterior_ischemia(const Change& c) {
  c.m.t_amplitude.anterior = -c.graded(0.26, 0.55);
  c.m.st_level.anterior = -c.uniform(0, 0.06);
  c.m.t_width = c.uniform(0.85, 1);
}
void anterolateral_ischemia(const Change& c) {
  c.m.t_amplitude = {-c.graded(0.18, 0.38), c.uniform(0.22, 0.34), -c.graded(0.12, 0.3)};
  c.m.st_level = {-c.graded(0.04, 0.12), 0, -c.graded(0.02, 0.08)};
}
void inferior_ischemia(const Change& c) {
  c.m.t_amplitude.inferior = -c.graded(0.26, 0.5);
  c.m.t_amplitude.lateral = c.uniform(0.15, 0.22);
  c.m.st_level.inferior = -c.graded(0.04, 0.12);
}
/// Slight lowering of ST without a pattern, T somewhat low.
void unspecific_st(const Change& c) {
  c.m.st_level = {-c.graded(0.06, 0.1), -c.graded(0.06, 0.095), -c.uniform(0.02, 0.06)};
  scale_t(c.m, 0.45, 0.45, 0.6);
}
/// T flat or barely negative in the leads with a tall R.
void unspecific_t(const Change& c) {
  c.m.t_amplitude = {c.graded(0.05, -0.05), c.graded(0.04, -0.04), c.uniform(0.02, 0.1)};
}
void long_qt(const Change& c) {
  c.m.qtc = c.graded(0.485, 0.57);
  c.m.heart_rate = std::min(c.m.heart_rate, 82.0);
  c.m.t_width = c.uniform(1, 1.5);
}
/// The scoop: ST sags towards a small T, QT is short.
void digitalis(const Change& c) {
  const double depth = c.graded(0.14, 0.26);
  c.m.st_sag = {-depth, -0.75 * depth, -0.35 * depth};
  c.m.st_level = {-0.03, -0.03, 0};
  scale_t(c.m, 0.35, 0.35, 0.5);
  c.m.qtc = c.uniform(0.34, 0.375);
}
/// Potassium: too much makes T narrow and tall, too little flattens it before a tall U.
void electrolytes(const Change& c) {
  if (c.r.bernoulli(0.6)) {
    c.m.t_width = c.uniform(0.55, 0.68);
    c.m.t_amplitude = {c.graded(0.5, 0.75), c.graded(0.5, 0.75), c.graded(0.75, 1.1)};
    c.m.qtc = c.uniform(0.37, 0.4);
  } else {
    scale_t(c.m, 0.3, 0.3, 0.3);
    c.m.u_wave = {c.graded(0.12, 0.18), c.graded(0.1, 0.16), c.graded(0.2, 0.28)};
    c.m.st_level = {-c.graded(0.05, 0.1), -c.graded(0.05, 0.1), -0.05};
    c.m.heart_rate = std::min(c.m.heart_rate, 78.0);
  }
}

}  // namespace

const std::vector<CohortCondition>& cohort_repolarisation() {
  constexpr unsigned st_t = kRepolarisation | kHypertrophy | kInfarction;
  static const std::vector<CohortCondition> kAll = {
      {"ISCAN", ConditionGroup::repolarisation, 1, false, 66, 13, 0.42,
       "t abnorm in anterioren ableitungen, ischämie",
       "t waves are inverted in v2-4, consistent with anterior ischaemia", st_t, anterior_ischemia},
      {"ISCAL", ConditionGroup::repolarisation, 2, false, 68, 12, 0.45,
       "st & t abnorm, wahrscheinlich anterolaterale ischämie",
       "t waves are inverted in i, avl, v3-6, consistent with anterolateral ischaemia", st_t,
       anterolateral_ischemia},
      {"ISCIN", ConditionGroup::repolarisation, 1, false, 66, 13, 0.4,
       "st & t abnorm, wahrscheinlich inferiore ischämie",
       "t waves are inverted in ii, iii, avf, consistent with inferior ischaemia", st_t,
       inferior_ischemia},
      {"NST_", ConditionGroup::repolarisation, 2, false, 64, 15, 0.55,
       "unspezifische st-veränderungen", "non-specific st changes", st_t, unspecific_st},
      {"NDT", ConditionGroup::repolarisation, 2, false, 62, 15, 0.55, "unspezifisches abnormes t",
       "non-specific t abnormality", st_t, unspecific_t},
      {"LNGQT", ConditionGroup::repolarisation, 1, true, 58, 18, 0.65, "qt-verlängerung",
       "prolonged qt", kRepolarisation, long_qt},
      {"DIG", ConditionGroup::repolarisation, 1, true, 75, 9, 0.5,
       "muldenförmige st-senkung, digitaliswirkung",
       "st segments are depressed, suggests digitalis effect", st_t, digitalis},
      {"EL", ConditionGroup::repolarisation, 1, false, 64, 15, 0.5,
       "st & t abnorm, elektrolytstörung möglich",
       "t wave abnormality, consider electrolyte disturbance", st_t, electrolytes},
  };
  return kAll;
}

}  // namespace ecg_lora::synthetic
