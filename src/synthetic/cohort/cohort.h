// A virtual cohort in PTB-XL's terms: patients whose diagnoses persist and coexist as in life, over
// rhythm, conduction, infarction, hypertrophy, repolarisation and ectopy. docs/users/synth.md lists
// what each changes.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/synthetic/conditions/conditions.h"

namespace ecg_lora::synthetic {

/// What the recordings of one patient have in common.
struct CohortPatient {
  int age = 60;                      ///< years
  int sex = 0;                       ///< 0 male, 1 female
  std::string principal;             ///< code of the condition that the patient is drawn with
  std::vector<std::string> chronic;  ///< codes that every recording shows
  double severity = 0.5;             ///< 0 just meets the criteria … 1 marked
  std::uint64_t shape = 0;           ///< seeds what a lasting condition looks like in this patient
  Morphology base;                   ///< a healthy heart and torso of this patient
};

/// Entries of the list of principal conditions, in which frequent ones occur more than once, so
/// that patients who take its entries in turn have them in proportion.
std::size_t principal_list_size();
/// The code of an entry of that list.
std::string principal_condition(std::size_t entry);

/// A patient with the principal condition of `entry`, at an age and of a sex that it is seen in.
CohortPatient draw_cohort_patient(std::size_t entry, Random& random);

/// A recording of the patient; the first (visit 0) shows the principal condition, later ones do
/// if it is chronic, and mostly if it is not.
RecordingSpec draw_cohort_visit(const CohortPatient& patient, int visit, Random& random);

/// Whether both statements may be made of one recording without one hiding the other. Usage error
/// for a code that is not of the cohort.
bool cohort_compatible(const std::string& a, const std::string& b);

}  // namespace ecg_lora::synthetic
