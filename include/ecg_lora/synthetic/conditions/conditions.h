// What a recording shows: conditions of patients, or elementary findings.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/ecg/ptbxl/database.h"
#include "ecg_lora/synthetic/heart/signal.h"

namespace ecg_lora::synthetic {

/// What a recording is synthesised from, and what tables say of it.
struct RecordingSpec {
  Morphology morphology;
  std::vector<ptbxl::StatedCode> codes;
  std::string report;
  // Columns of ptbxl_database.csv; empty if nothing is to be said.
  std::string heart_axis = {}, stadium = {}, baseline_drift = {}, static_noise = {},
              extra_beats = {}, pacemaker = {};
};

/// What the records of one patient have in common.
struct Patient {
  int age = 60;  ///< years
  int sex = 0;   ///< 0 male, 1 female
  double frontal_axis = 50, qrs_amplitude = 1.2, pr_interval = 0.16, p_amplitude = 0.15,
         t_scale = 1;
};

/// A patient of the presets conditions and findings: 22 to 88 years old, with a healthy heart.
Patient draw_patient(Random& random);

/// The statements of draw_conditions() and of draw_findings(), in the order of scp_statements.csv.
const std::vector<ptbxl::Statement>& condition_statements();
const std::vector<ptbxl::Statement>& finding_statements();

/// Entries of the list of main conditions, which records take in turn so that each fold has its
/// share.
std::size_t main_condition_list_size();

/// A record whose main condition is entry `entry` of that list; about a third of those that are not
/// normal have a second.
RecordingSpec draw_conditions(const Patient& patient, std::size_t entry, Random& random);

/// Random waves, each drawn on its own, with the findings they amount to.
RecordingSpec draw_findings(Random& random);

/// The codes of the findings that `morphology` shows.
std::vector<std::string> findings_of(const Morphology& morphology);

}  // namespace ecg_lora::synthetic
