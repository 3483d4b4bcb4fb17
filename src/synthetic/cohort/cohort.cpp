// Patients of the virtual cohort and their recordings.
#include "cohort.h"

#include <cmath>

#include "cohort_conditions.h"

namespace ecg_lora::synthetic {
namespace {

using Conditions = std::vector<const CohortCondition*>;

double within(double value, double low, double high) {
  return std::clamp(value, low, high);
}

/// A healthy adult of that age and sex. The axis turns to the left and voltages fall with age; QT
/// is longer in women (part IV of the recommendations).
Morphology healthy(int age, int sex, Random& r) {
  Morphology m;
  m.frontal_axis = within(r.normal(62 - 0.55 * (age - 30), 17), -25, 85);
  m.qrs_amplitude = within(r.normal(1.2 - 0.003 * (age - 50) - 0.08 * sex, 0.17), 0.8, 1.6);
  m.main_anterior = r.uniform(-0.2, 0.12);
  m.septal = r.uniform(0.08, 0.2);
  m.anterior_forces = r.uniform(0.36, 0.58);
  m.posterior_forces = r.uniform(0.6, 1.0);
  m.qrs_duration = r.uniform(0.08, 0.1);
  m.pr_interval = within(r.normal(0.15 + 0.0003 * (age - 40), 0.014), 0.122, 0.19);
  const double t = within(r.normal(1.0 - 0.004 * (age - 50) - 0.08 * sex, 0.15), 0.65, 1.4);
  m.t_amplitude = {t * r.uniform(0.22, 0.32), t * r.uniform(0.18, 0.28), t * r.uniform(0.24, 0.38)};
  m.st_level.anterior = r.uniform(0, 0.05);
  m.qtc = within(r.normal(0.404 + 0.012 * sex, 0.012), 0.37, 0.445);
  const double p = r.uniform(0.8, 1.2);
  m.p_amplitude = 0.12 * p;
  m.atria = {
      {0.03 * p, 0.08 * p, 0.06 * p}, {0.07 * p, 0.05 * p, -0.035 * p}, r.uniform(0.022, 0.032)};
  for (Vector& shift : m.placement)
    shift = {r.normal(0, 0.05), r.normal(0, 0.05), r.normal(0, 0.07)};
  m.rhythm.mechanism = Mechanism::sinus;
  return m;
}

/// What differs between recordings of one patient: the hour, the position, the electrodes.
void vary(Morphology& m, Random& r) {
  m.heart_rate = within(r.normal(72, 9), 60.5, 96);
  m.rr_irregularity = r.uniform(0.006, 0.028);
  m.frontal_axis += r.uniform(-5, 5);
  m.qrs_amplitude *= r.uniform(0.94, 1.06);
  m.variation = {r.uniform(0.17, 0.34), r.uniform(0.01, 0.06), r.uniform(0.5, 4),
                 r.uniform(0.01, 0.06)};
  Artefacts& a = m.artefacts;
  a.wander = r.bernoulli(0.1) ? r.uniform(0.06, 0.16) : r.uniform(0.008, 0.05);
  a.muscle = r.bernoulli(0.1) ? r.uniform(0.018, 0.035) : r.uniform(0.003, 0.014);
  a.mains = r.bernoulli(0.08) ? r.uniform(0.008, 0.02) : r.uniform(0, 0.004);
  a.jolts = r.bernoulli(0.2) ? 1 + static_cast<int>(r.uniform_int(2)) : 0;
  a.loose = r.bernoulli(0.05) ? static_cast<int>(r.uniform_int(9)) : -1;
}

bool fits(const CohortCondition& candidate, const Conditions& chosen) {
  return std::all_of(chosen.begin(), chosen.end(),
                     [&](const auto* other) { return compatible(candidate, *other); });
}

/// One more condition with `chosen`, of those that persist or those that do not; none if
/// nothing fits.
void add_companion(Conditions& chosen, bool chronic, Random& random) {
  std::vector<std::pair<double, const CohortCondition*>> candidates;
  double total = 0;
  for (const CohortCondition* candidate : cohort_conditions()) {
    if (candidate->chronic != chronic || candidate->group == ConditionGroup::normal ||
        !fits(*candidate, chosen))
      continue;
    if (std::string_view(candidate->code) == "ANEUR" &&
        chosen.front()->group != ConditionGroup::infarction)
      continue;
    double weight = candidate->weight;
    for (const CohortCondition* other : chosen) weight *= affinity(*candidate, *other);
    total += weight;
    candidates.emplace_back(total, candidate);
  }
  const double at = random.uniform(0, total);
  for (const auto& [upto, candidate] : candidates) {
    if (at < upto) return chosen.push_back(candidate);
  }
}

const CohortCondition& normal() {
  return cohort_condition("NORM");
}

/// The conditions of a recording, in the order in which they are applied.
Conditions shown(const CohortPatient& patient, int visit, Random& random) {
  Conditions result;
  for (const std::string& code : patient.chronic) result.push_back(&cohort_condition(code));
  const CohortCondition& principal = cohort_condition(patient.principal);
  if (!principal.chronic && (visit == 0 || random.bernoulli(0.6))) result.push_back(&principal);
  if (result.empty()) result.push_back(&normal());
  const double more = result.front()->group == ConditionGroup::normal ? 0.15 : 0.22;
  if (random.bernoulli(more)) add_companion(result, false, random);
  std::stable_sort(result.begin(), result.end(),
                   [](const auto* a, const auto* b) { return a->group < b->group; });
  return result;
}

/// As experts grade: a mild change is less certain. Rhythms and most statements on form carry 0,
/// "not stated".
double likelihood(const CohortCondition& condition, double severity) {
  const std::string_view code = condition.code;
  if (code == "PVC" || code == "PACE") return 100;
  if (code == "PAC" || code == "LVOLT" || code == "BIGU" || code == "TRIGU") return 0;
  if (condition.group == ConditionGroup::rhythm && code != "2AVB" && code != "3AVB") return 0;
  if (condition.group == ConditionGroup::normal) return severity < 0.25 ? 80 : 100;
  return severity < 0.08 ? 35 : severity < 0.18 ? 50 : severity < 0.3 ? 80 : 100;
}

std::string stadium(const Conditions& shown, const Morphology& m) {
  for (const CohortCondition* condition : shown) {
    if (condition->group != ConditionGroup::infarction) continue;
    const double st = std::max({m.st_level.lateral, m.st_level.inferior, m.st_level.anterior});
    return st > 0.12 ? "Stadium I-II" : st > 0.06 ? "Stadium II-III" : "Stadium III";
  }
  return "";
}

void describe(const Conditions& shown, RecordingSpec& result, Random& random) {
  const Morphology& m = result.morphology;
  const bool premature = m.rhythm.pattern > 0;
  if (premature) {
    if (m.rhythm.pattern_atrial)
      result.codes.push_back({"PAC", 0});
    else
      result.codes.push_back({"PVC", 100});
  }
  const auto is = [&](std::string_view code) {
    return std::any_of(shown.begin(), shown.end(), [&](const auto* c) { return c->code == code; });
  };
  const bool sinus = m.rhythm.mechanism == Mechanism::sinus;
  if (sinus && !is("STACH") && !is("SBRAD") && !is("SARRH")) result.codes.push_back({"SR", 0});
  result.report = cohort_report(shown, m, sinus, random);
  result.heart_axis = m.rhythm.mechanism == Mechanism::paced ? "" : axis_code(m.frontal_axis);
  result.stadium = stadium(shown, m);
  result.pacemaker = is("PACE") ? "ja, pacemaker" : "";
  const int ventricular = m.rhythm.ventricular_premature, atrial = m.rhythm.atrial_premature;
  if (ventricular > 0) result.extra_beats = "VES" + std::to_string(ventricular);
  if (atrial > 0) result.extra_beats = "SVES" + std::to_string(atrial);
  const Artefacts& a = m.artefacts;
  if (a.loose >= 3) result.baseline_drift = " , V" + std::to_string(a.loose - 2);
  if (a.wander > 0.06) result.baseline_drift = " , alles";
  if (a.muscle > 0.018) result.static_noise = " , I-AVF,  ";
}

}  // namespace

std::size_t principal_list_size() {
  std::size_t entries = 0;
  for (const CohortCondition* condition : cohort_conditions())
    entries += static_cast<std::size_t>(condition->weight);
  return entries;
}

std::string principal_condition(std::size_t entry) {
  std::size_t left = entry % principal_list_size();
  for (const CohortCondition* condition : cohort_conditions()) {
    if (left < static_cast<std::size_t>(condition->weight)) return condition->code;
    left -= static_cast<std::size_t>(condition->weight);
  }
  return normal().code;
}

CohortPatient draw_cohort_patient(std::size_t entry, Random& random) {
  CohortPatient patient;
  patient.principal = principal_condition(entry);
  const CohortCondition& principal = cohort_condition(patient.principal);
  patient.age =
      static_cast<int>(within(random.normal(principal.age, principal.age_spread), 18, 89));
  patient.sex = random.bernoulli(principal.female) ? 1 : 0;
  patient.severity = random.uniform();
  patient.shape = random.bits();
  patient.base = healthy(patient.age, patient.sex, random);
  Conditions chosen{&principal};
  if (patient.principal == "ANEUR")
    chosen.push_back(&cohort_condition(random.bernoulli(0.5) ? "AMI" : "ASMI"));
  const double extra = random.uniform();  // older hearts carry more
  const int companions = principal.group == ConditionGroup::normal   ? 0
                         : extra < 0.55 - 0.004 * (patient.age - 50) ? 0
                         : extra < 0.88                              ? 1
                                                                     : 2;
  for (int k = 0; k < companions; ++k) add_companion(chosen, true, random);
  for (const CohortCondition* condition : chosen) {
    if (condition->chronic) patient.chronic.emplace_back(condition->code);
  }
  return patient;
}

RecordingSpec draw_cohort_visit(const CohortPatient& patient, int visit, Random& random) {
  RecordingSpec result;
  result.morphology = patient.base;
  vary(result.morphology, random);
  const Conditions conditions = shown(patient, visit, random);
  for (const CohortCondition* condition : conditions) {
    // Scars and blocks look the same at every visit; rates and passing changes do not.
    const bool lasting = condition->chronic && condition->group != ConditionGroup::rhythm;
    std::uint64_t name = 0;
    for (const char* c = condition->code; *c != 0; ++c)
      name = name * 131 + static_cast<unsigned char>(*c);
    Random shape{patient.shape, name};
    const double severity = condition->chronic ? patient.severity : random.uniform();
    condition->apply({result.morphology, lasting ? shape : random, severity});
    result.codes.push_back({condition->code, likelihood(*condition, severity)});
  }
  // Diagnoses first, as in PTB-XL; NORM before its rhythm.
  describe(conditions, result, random);
  return result;
}

}  // namespace ecg_lora::synthetic
