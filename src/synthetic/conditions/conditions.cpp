// Conditions and how they change a healthy trace: AHA/ACCF/HRS recommendations for the
// standardization and interpretation of the electrocardiogram (2009), parts III to VI.
#include <algorithm>
#include <array>

#include "ecg_lora/synthetic/conditions/conditions.h"

namespace ecg_lora::synthetic {
namespace {

/// What a condition acts on. Two conditions of different kinds may meet in one record.
enum class Kind { normal, rhythm, structure };

struct Condition {
  const char* code;
  const char* report;
  Kind kind;
  bool sinus;  ///< sinus rhythm remains, and is listed
  void (*apply)(Morphology&, Random&);
};

void keep(Morphology&, Random&) {}

void atrial_fibrillation(Morphology& m, Random& r) {
  m.heart_rate = r.uniform(65, 120);
  m.rr_irregularity = r.uniform(0.17, 0.26);
  m.p_amplitude = 0;
  m.fibrillation = r.uniform(0.07, 0.15);
}
void first_degree_block(Morphology& m, Random& r) {
  m.heart_rate = std::min(m.heart_rate, 78.0);
  m.pr_interval = r.uniform(0.25, 0.36);
}
void tachycardia(Morphology& m, Random& r) {
  m.heart_rate = r.uniform(106, 148);
  m.pr_interval = r.uniform(0.12, 0.14);
  m.rr_irregularity = 0.012;
}
void bradycardia(Morphology& m, Random& r) {
  m.heart_rate = r.uniform(38, 51);
}
void premature_beats(Morphology& m, Random& r) {
  m.ectopic_beats = static_cast<double>(2 + r.uniform_int(3));
}

void left_bundle_block(Morphology& m, Random& r) {
  m.qrs_duration = r.uniform(0.145, 0.175);
  m.frontal_axis = r.uniform(-25, 30);
  m.qrs_amplitude = r.uniform(1.1, 1.6);
  m.septal = -0.1;
  m.anterior_forces = r.uniform(0, 0.1);
  m.posterior_forces = r.uniform(1.1, 1.7);
  m.notch = r.uniform(0.75, 1);
  m.st_level = {-r.uniform(0.1, 0.2), -0.03, r.uniform(0.15, 0.3)};
  m.t_amplitude = {-r.uniform(0.25, 0.45), r.uniform(-0.1, 0.1), r.uniform(0.45, 0.7)};
}
void right_bundle_block(Morphology& m, Random& r) {
  m.qrs_duration = r.uniform(0.135, 0.165);
  m.terminal = {-r.uniform(0.4, 0.65), r.uniform(-0.1, 0.15), r.uniform(0.65, 1.0)};
  m.posterior_forces = r.uniform(0.35, 0.6);
  m.t_amplitude = {r.uniform(0.2, 0.3), r.uniform(0.2, 0.3), -r.uniform(0.15, 0.3)};
}
void inferior_infarction(Morphology& m, Random& r) {
  m.q_wave.inferior = r.uniform(0.45, 0.7);
  m.frontal_axis = r.uniform(-15, 25);
  m.t_amplitude.inferior = -r.uniform(0.2, 0.4);
  if (r.bernoulli(0.4)) m.st_level.inferior = r.uniform(0.08, 0.18);
}
void anterior_infarction(Morphology& m, Random& r) {
  m.q_wave.anterior = r.uniform(0.7, 1.1);
  m.septal = 0;
  m.anterior_forces = r.uniform(0, 0.08);
  m.posterior_forces = r.uniform(0.8, 1.1);
  m.st_level.anterior = r.uniform(0.1, 0.25);
  m.t_amplitude.anterior = r.bernoulli(0.3) ? -r.uniform(0.2, 0.4) : r.uniform(0.3, 0.5);
}
void left_hypertrophy(Morphology& m, Random& r) {
  m.qrs_amplitude = r.uniform(2.2, 2.8);
  m.frontal_axis = r.uniform(0, 45);
  m.qrs_duration = r.uniform(0.095, 0.108);
  m.anterior_forces = r.uniform(0.4, 0.6);
  m.posterior_forces = r.uniform(1.5, 2.0);
  m.st_level = {-r.uniform(0.08, 0.18), 0, r.uniform(0.05, 0.15)};
  m.t_amplitude = {-r.uniform(0.25, 0.45), r.uniform(-0.05, 0.1), r.uniform(0.4, 0.6)};
}
void anterior_ischemia(Morphology& m, Random& r) {
  m.t_amplitude.anterior = -r.uniform(0.4, 0.75);
  m.st_level.anterior = -r.uniform(0.02, 0.1);
}

// STTC has one statement so that every diagnostic superclass occurs.
constexpr std::array<Condition, 12> kConditions = {{
    {"NORM", "sinusrhythmus normales ekg", Kind::normal, true, keep},
    {"AFIB", "vorhofflimmern", Kind::rhythm, false, atrial_fibrillation},
    {"1AVB", "av-block i", Kind::rhythm, true, first_degree_block},
    {"STACH", "sinustachykardie", Kind::rhythm, false, tachycardia},
    {"SBRAD", "sinusbradykardie", Kind::rhythm, false, bradycardia},
    {"PVC", "ventrikuläre extrasystolen", Kind::rhythm, true, premature_beats},
    {"CLBBB", "kompletter linksschenkelblock", Kind::structure, true, left_bundle_block},
    {"CRBBB", "kompletter rechtsschenkelblock", Kind::structure, true, right_bundle_block},
    {"IMI", "alter inferiorer infarkt", Kind::structure, true, inferior_infarction},
    {"AMI", "alter anteriorer infarkt", Kind::structure, true, anterior_infarction},
    {"LVH", "linkshypertrophie mit erregungsrückbildungsstörung", Kind::structure, true,
     left_hypertrophy},
    {"ISCAN", "t-negativierung anterior, ischämie", Kind::structure, true, anterior_ischemia},
}};
constexpr double kSecondCondition = 0.33;  // share of records that are not normal

bool is_pair(const Condition& a, const Condition& b, std::string_view first,
             std::string_view second) {
  return (a.code == first && b.code == second) || (a.code == second && b.code == first);
}

/// Whether both may show in one trace without hiding each other.
bool compatible(const Condition& a, const Condition& b) {
  if (a.kind == Kind::normal || b.kind == Kind::normal) return false;
  if (a.kind != b.kind) return true;
  return is_pair(a, b, "1AVB", "SBRAD") || is_pair(a, b, "1AVB", "PVC") ||
         is_pair(a, b, "SBRAD", "PVC") || is_pair(a, b, "CRBBB", "IMI") ||
         is_pair(a, b, "AMI", "IMI");
}

const Condition* second_condition(const Condition& first, Random& random) {
  std::vector<const Condition*> others;
  for (const Condition& other : kConditions) {
    if (&other != &first && compatible(first, other)) others.push_back(&other);
  }
  return others.empty() || !random.bernoulli(kSecondCondition)
             ? nullptr
             : others[random.uniform_int(others.size())];
}

Morphology healthy(const Patient& patient, Random& r) {
  Morphology m;
  m.heart_rate = r.uniform(58, 94);
  m.rr_irregularity = r.uniform(0.008, 0.03);
  m.pr_interval = patient.pr_interval + r.uniform(-0.008, 0.008);
  m.p_amplitude = patient.p_amplitude * r.uniform(0.92, 1.08);
  m.qrs_duration = r.uniform(0.08, 0.1);
  m.frontal_axis = patient.frontal_axis + r.uniform(-6, 6);
  m.qrs_amplitude = patient.qrs_amplitude * r.uniform(0.93, 1.07);
  m.septal = r.uniform(0.1, 0.2);
  m.anterior_forces = r.uniform(0.38, 0.55);
  m.posterior_forces = r.uniform(0.6, 0.9);
  const double t = patient.t_scale;
  m.t_amplitude = {t * r.uniform(0.24, 0.34), t * r.uniform(0.2, 0.3), t * r.uniform(0.3, 0.42)};
  m.st_level.anterior = r.uniform(0, 0.05);
  m.qtc = r.uniform(0.38, 0.43);
  m.noise = {r.uniform(0.02, 0.07), r.uniform(0.004, 0.012), r.uniform(0, 0.004)};
  return m;
}

}  // namespace

Patient draw_patient(Random& random) {
  Patient patient;
  patient.age = static_cast<int>(random.uniform(22, 89));
  patient.sex = random.bernoulli(0.48) ? 1 : 0;
  patient.frontal_axis = random.uniform(20, 72);
  patient.qrs_amplitude = random.uniform(0.95, 1.4);
  patient.pr_interval = random.uniform(0.135, 0.185);
  patient.p_amplitude = random.uniform(0.11, 0.19);
  patient.t_scale = random.uniform(0.85, 1.2);
  return patient;
}

std::size_t main_condition_list_size() {
  return kConditions.size() + 1;
}  // NORM twice: about 15 % of all records

RecordingSpec draw_conditions(const Patient& patient, std::size_t entry, Random& random) {
  const Condition& first = kConditions[entry % kConditions.size()];
  const Condition* second = second_condition(first, random);
  RecordingSpec result;
  result.morphology = healthy(patient, random);
  // What the structure does to the beat comes first; the rhythm then sets rate and P.
  const bool rhythm_last = first.kind == Kind::rhythm && second != nullptr;
  if (rhythm_last) second->apply(result.morphology, random);
  first.apply(result.morphology, random);
  if (second != nullptr && !rhythm_last) second->apply(result.morphology, random);

  bool sinus = first.sinus;
  result.codes.push_back({first.code, 100});
  result.report = first.report;
  if (second != nullptr) {
    sinus = sinus && second->sinus;
    result.codes.push_back({second->code, 100});
    result.report += std::string(" ") + second->report;
  }
  if (sinus) result.codes.push_back({"SR", 0});  // PTB-XL states rhythms without a likelihood
  return result;
}

}  // namespace ecg_lora::synthetic
