// Synthetic data sets in PTB-XL's own layout.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ecg_lora/ptbxl/database.h"
#include "ecg_lora/synth/signal.h"

namespace ecg_lora::synth {

/// What is drawn.
enum class Preset {
  conditions,  ///< real SCP statements, whose conditions change the trace as in life
  findings,  ///< random traces labelled by elementary reading findings, codes F_…, independent of
             ///< any condition
  twin,  ///< patients with lasting and passing conditions over all of PTB-XL's fields; see twin.h
};

/// "conditions", "findings" or "twin"; usage error for other names.
Preset parse_preset(const std::string& name);

struct DatasetOptions {
  Preset preset = Preset::conditions;
  int patients = 0;  ///< with 1 to 3 records each, 2 on average; 0: the preset's default
  std::uint64_t seed = 1;
  std::vector<int> sampling_rates = {100};  ///< of 100 and 500 Hz
  double seconds = 10;                      ///< length of a recording
  int workers = 0;                          ///< threads; 0: one a processor. They change no byte
};

/// A recording before it is synthesised.
struct Case {
  Morphology morphology;
  std::vector<std::pair<std::string, double>>
      codes;  ///< statement and likelihood in percent; 0 is "not stated"
  std::string report;
  // Columns of ptbxl_database.csv; empty where nothing is to be said.
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

Patient draw_patient(Random& random);

/// The statements of a preset, in the order of scp_statements.csv.
const std::vector<ptbxl::Statement>& statements(Preset preset);

/// Number of entries in the deck of main conditions that records are dealt from, so that each fold
/// gets its share.
std::size_t condition_deck();

/// A record whose main condition is entry `dealt` of the deck; about a third of those that are not
/// normal have a second.
Case draw_conditions(const Patient& patient, std::size_t dealt, Random& random);

/// Random waves, each drawn on its own, with the findings they amount to.
Case draw_findings(Random& random);

/// The codes of the findings that `morphology` shows.
std::vector<std::string> findings_of(const Morphology& morphology);

/// Writes ptbxl_database.csv, scp_statements.csv and the waveform folders to `out`, which must not
/// exist. Equal options give equal bytes. All records of a patient are in one of the ten folds,
/// which differ by at most a patient's records.
void write_dataset(const std::filesystem::path& out, const DatasetOptions& options);

}  // namespace ecg_lora::synth
