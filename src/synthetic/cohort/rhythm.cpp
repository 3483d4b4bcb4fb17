// Rhythm, AV conduction and ectopy: AHA/ACCF/HRS recommendations (2009) and ACC/AHA/HRS definitions
// (2006).
#include "cohort_conditions.h"

namespace ecg_lora::synthetic {
namespace {

/// Everything that a wide beat of another origin hides.
constexpr unsigned kStructure =
    kHypertrophy | kInfarction | kConduction | kRepolarisation | kVoltage;

void no_p(Morphology& m) {
  m.p_amplitude = 0;
  m.atria = {};
}

void fibrillation(const Change& c) {
  no_p(c.m);
  c.m.rhythm.mechanism = Mechanism::fibrillation;
  c.m.heart_rate = c.r.bernoulli(0.2) ? c.uniform(105, 140) : c.uniform(58, 105);
  c.m.rr_irregularity = c.uniform(0.18, 0.27);
  c.m.fibrillation = c.uniform(0.035, 0.11);
}
void flutter(const Change& c) {
  no_p(c.m);
  Rhythm& rhythm = c.m.rhythm;
  rhythm.mechanism = Mechanism::flutter;
  rhythm.atrial_rate = c.uniform(250, 320);
  const double kind = c.r.uniform();
  rhythm.ratio = kind < 0.25 ? 2 : kind < 0.4 ? 3 : kind < 0.75 ? 4 : 0;
  c.m.heart_rate = rhythm.atrial_rate / (rhythm.ratio > 0 ? rhythm.ratio : 3);
  c.m.flutter = c.graded(0.1, 0.2);
  c.m.t_amplitude = {0.6 * c.m.t_amplitude.lateral, 0.5 * c.m.t_amplitude.inferior,
                     0.6 * c.m.t_amplitude.anterior};
}
void reentry(const Change& c) {
  c.m.rhythm.mechanism = Mechanism::reentry;
  c.m.rhythm.hidden_atria = c.r.bernoulli(0.4);
  c.m.heart_rate = c.uniform(152, 205);
  c.m.rr_irregularity = 0.005;
  if (c.r.bernoulli(0.6)) c.m.st_level = {-c.uniform(0.05, 0.12), -c.uniform(0.05, 0.12), -0.03};
}
void tachycardia(const Change& c) {
  c.m.heart_rate = c.graded(104, 142);
  c.m.pr_interval = std::min(c.m.pr_interval, 0.138);
  c.m.rr_irregularity = 0.012;
}
void bradycardia(const Change& c) {
  c.m.heart_rate = c.graded(55, 38);
}
void arrhythmia(const Change& c) {
  c.m.rhythm.breathing = c.graded(0.13, 0.24);
  c.m.variation.breath_rate = c.uniform(0.16, 0.26);
  c.m.heart_rate = c.uniform(56, 78);
}
void paced(const Change& c) {
  Rhythm& rhythm = c.m.rhythm;
  rhythm.mechanism = Mechanism::paced;
  c.m.heart_rate = c.r.bernoulli(0.5) ? c.uniform(59.5, 61) : c.uniform(62, 80);
  c.m.rr_irregularity = 0;
  c.m.pr_interval = c.uniform(0.15, 0.19);
  // Near the apex of the right ventricle: like left bundle branch block, upwards.
  const double amplitude = c.uniform(1.0, 1.5);
  rhythm.focus = {c.uniform(-85, -55), amplitude, -c.uniform(0.5, 0.95), c.uniform(0.15, 0.18)};
  rhythm.spike = c.r.bernoulli(0.5) ? c.uniform(1.8, 3.5) : c.uniform(0.8, 1.6);
  const double kind = c.r.uniform();
  rhythm.atrial_pacing = kind < 0.35;
  rhythm.hidden_atria = kind > 0.6;
  rhythm.atrial_rate = c.uniform(68, 95);
  if (kind > 0.8) c.m.fibrillation = c.uniform(0.03, 0.07);
}

void first_degree(const Change& c) {
  c.m.heart_rate = std::min(c.m.heart_rate, 80.0);
  c.m.pr_interval = c.graded(0.225, 0.34);
}
void second_degree(const Change& c) {
  Rhythm& rhythm = c.m.rhythm;
  rhythm.mechanism = Mechanism::dropped;
  c.m.rr_irregularity = 0.01;
  const bool wenckebach = c.r.bernoulli(0.65);
  rhythm.group = wenckebach ? 3 + static_cast<int>(c.r.uniform_int(3))
                            : 2 + static_cast<int>(c.r.uniform_int(2));
  rhythm.pr_growth = wenckebach ? c.uniform(0.07, 0.11) : 0;
  c.m.pr_interval = wenckebach ? c.uniform(0.17, 0.22) : c.uniform(0.15, 0.2);
  c.m.heart_rate = rhythm.group == 2 ? c.uniform(72, 95) : c.uniform(66, 84);  // of the atria
}
void third_degree(const Change& c) {
  Rhythm& rhythm = c.m.rhythm;
  rhythm.mechanism = Mechanism::dissociated;
  rhythm.atrial_rate = c.uniform(66, 98);
  rhythm.wide_escape = c.r.bernoulli(0.5);
  c.m.heart_rate = rhythm.wide_escape ? c.uniform(28, 38) : c.uniform(36, 48);
  c.m.rr_irregularity = 0.008;
  rhythm.focus = {c.uniform(-70, 110), c.uniform(1.1, 1.5),
                  (c.r.bernoulli(0.5) ? 1 : -1) * c.uniform(0.6, 1), c.uniform(0.14, 0.17)};
}

void draw_focus(const Change& c) {
  const bool right = c.r.bernoulli(0.6);  // from the right ventricle: like left bundle branch block
  c.m.rhythm.focus = {right ? c.uniform(30, 110) : c.uniform(-100, 160), c.uniform(1.4, 2.1),
                      (right ? -1 : 1) * c.uniform(0.8, 1.4), c.uniform(0.145, 0.175)};
}
void ventricular_premature(const Change& c) {
  draw_focus(c);
  c.m.rhythm.coupling = c.uniform(0.5, 0.62);
  c.m.rhythm.ventricular_premature =
      1 + static_cast<int>(c.r.uniform_int(c.severity > 0.5 ? 3 : 2));
  c.m.heart_rate = std::min(c.m.heart_rate, 96.0);
}
void atrial_premature(const Change& c) {
  c.m.rhythm.coupling = c.uniform(0.56, 0.7);
  c.m.rhythm.atrial_premature = 1 + static_cast<int>(c.r.uniform_int(c.severity > 0.5 ? 3 : 2));
  c.m.heart_rate = std::min(c.m.heart_rate, 90.0);
}
void pattern(const Change& c, int length) {
  draw_focus(c);
  c.m.rhythm.pattern = length;
  c.m.rhythm.pattern_atrial = c.r.bernoulli(0.2);
  c.m.rhythm.coupling = c.m.rhythm.pattern_atrial ? c.uniform(0.6, 0.7) : c.uniform(0.5, 0.6);
  c.m.heart_rate = c.uniform(62, 88);
}
void bigeminy(const Change& c) {
  pattern(c, 2);
}
void trigeminy(const Change& c) {
  pattern(c, 3);
}

}  // namespace

const std::vector<CohortCondition>& cohort_rhythms() {
  constexpr unsigned none = kRhythm | kAtria | kAv;
  static const std::vector<CohortCondition> kAll = {
      {"1AVB", ConditionGroup::av, 2, true, 68, 13, 0.4, "av-block i", "prolonged pr interval", kAv,
       first_degree},
      {"AFIB", ConditionGroup::rhythm, 3, true, 73, 10, 0.45, "vorhofflimmern",
       "atrial fibrillation", none, fibrillation},
      {"AFLT", ConditionGroup::rhythm, 1, false, 68, 11, 0.3, "vorhofflattern", "atrial flutter",
       none | kEctopy | kRepolarisation, flutter},
      {"SVTAC", ConditionGroup::rhythm, 1, false, 50, 17, 0.6, "supraventrikuläre tachykardie",
       "supraventricular tachycardia", none | kEctopy | kRepolarisation, reentry},
      {"STACH", ConditionGroup::rhythm, 2, false, 56, 19, 0.55, "sinustachykardie",
       "sinus tachycardia", kRhythm | kAv, tachycardia},
      {"SBRAD", ConditionGroup::rhythm, 2, true, 58, 17, 0.4, "sinusbradykardie",
       "sinus bradycardia", kRhythm, bradycardia},
      {"SARRH", ConditionGroup::rhythm, 2, true, 36, 14, 0.5, "sinusarrhythmie", "sinus arrhythmia",
       kRhythm | kEctopy, arrhythmia},
      {"PACE", ConditionGroup::rhythm, 2, true, 77, 9, 0.45, "schrittmacher ekg",
       "pacemaker rhythm", none | kEctopy | kStructure, paced},
      {"2AVB", ConditionGroup::rhythm, 1, false, 71, 12, 0.4, "av-block 2. grades",
       "second degree av block", kRhythm | kAv | kEctopy, second_degree},
      {"3AVB", ConditionGroup::rhythm, 1, false, 75, 10, 0.45, "av-block 3. grades av-dissoziation",
       "complete heart block with av dissociation", kRhythm | kAv | kEctopy | kStructure,
       third_degree},
      {"PVC", ConditionGroup::ectopy, 2, false, 66, 14, 0.42, "ventrikuläre extrasystole(n)",
       "premature ventricular contraction(s)", kEctopy, ventricular_premature},
      {"PAC", ConditionGroup::ectopy, 2, false, 66, 14, 0.45, "supraventrikuläre extrasystole(n)",
       "premature atrial contraction(s)", kEctopy, atrial_premature},
      {"BIGU", ConditionGroup::ectopy, 1, false, 66, 14, 0.42, "bigeminus", "bigeminy",
       kEctopy | kRhythm, bigeminy},
      {"TRIGU", ConditionGroup::ectopy, 1, false, 66, 14, 0.42, "trigeminus", "trigeminy",
       kEctopy | kRhythm, trigeminy},
  };
  return kAll;
}

}  // namespace ecg_lora::synthetic
