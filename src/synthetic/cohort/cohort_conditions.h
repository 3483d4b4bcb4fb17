// The conditions of the preset cohort.
#pragma once

#include <algorithm>
#include <vector>

#include "cohort.h"

namespace ecg_lora::synthetic {

/// What a condition acts on. Conditions are applied in this order.
enum class ConditionGroup {
  normal,
  voltage,
  hypertrophy,
  infarction,
  conduction,
  repolarisation,
  atria,
  av,
  rhythm,
  ectopy
};

constexpr unsigned bit(ConditionGroup group) {
  return 1u << static_cast<unsigned>(group);
}
constexpr unsigned kVoltage = bit(ConditionGroup::voltage),
                   kHypertrophy = bit(ConditionGroup::hypertrophy),
                   kInfarction = bit(ConditionGroup::infarction),
                   kConduction = bit(ConditionGroup::conduction),
                   kRepolarisation = bit(ConditionGroup::repolarisation),
                   kAtria = bit(ConditionGroup::atria), kAv = bit(ConditionGroup::av),
                   kRhythm = bit(ConditionGroup::rhythm), kEctopy = bit(ConditionGroup::ectopy);

/// What a condition changes, and how much.
struct Change {
  Morphology& m;
  Random& r;
  double severity;  ///< 0 … 1

  /// Between `mild` and `marked` by the severity, with a spread of a third of the range.
  double graded(double mild, double marked) const {
    const double at = std::clamp(severity + r.uniform(-0.17, 0.17), 0.0, 1.0);
    return mild + at * (marked - mild);
  }
  double uniform(double low, double high) const { return r.uniform(low, high); }
};

struct CohortCondition {
  const char* code;
  ConditionGroup group;
  int weight;              ///< entries in the list of principal conditions
  bool chronic;            ///< shown by all recordings of a patient
  double age, age_spread;  ///< years, mean and standard deviation
  double female;           ///< share
  const char* german;      ///< as reports say it
  const char* english;
  unsigned excludes;  ///< groups that it cannot be combined with
  void (*apply)(const Change&);
};

const std::vector<CohortCondition>& cohort_rhythms();
const std::vector<CohortCondition>& cohort_conduction();
const std::vector<CohortCondition>& cohort_infarctions();
const std::vector<CohortCondition>& cohort_muscle();  ///< hypertrophy, atria, voltage
const std::vector<CohortCondition>& cohort_repolarisation();

/// All of them, in the order of their groups.
const std::vector<const CohortCondition*>& cohort_conditions();
/// Throws a usage error for an unknown code.
const CohortCondition& cohort_condition(const std::string& code);

bool compatible(const CohortCondition& a, const CohortCondition& b);
/// How much likelier than by chance both occur together.
double affinity(const CohortCondition& a, const CohortCondition& b);

const std::vector<ptbxl::Statement>& cohort_statements();

/// Rhythm, axis and findings in the words of a report, in German or English.
std::string cohort_report(const std::vector<const CohortCondition*>& shown,
                          const Morphology& morphology, bool sinus, Random& random);
/// PTB-XL's heart_axis: MID, LAD, ALAD, RAD or ARAD.
std::string axis_code(double degrees);

}  // namespace ecg_lora::synthetic
