// Synthetic data sets in PTB-XL's own layout.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ecg_lora/ecg/ptbxl/database.h"

namespace ecg_lora::synthetic {

/// What is drawn.
enum class Preset {
  conditions,  ///< real SCP statements, whose conditions change the trace as in life
  findings,  ///< random traces labelled by elementary reading findings, codes F_…, independent of
             ///< any condition
  cohort,    ///< patients with lasting and passing conditions over all of PTB-XL's fields
};

/// "conditions", "findings" or "cohort"; usage error for other names.
Preset parse_preset(const std::string& name);

/// How large a data set is, and what it is drawn from.
struct DatasetOptions {
  Preset preset = Preset::conditions;
  int patients = 0;  ///< with 1 to 3 records each, 2 on average; 0: the preset's default
  std::uint64_t seed = 1;
  std::vector<int> sampling_rates = {100};  ///< of 100 and 500 Hz
  double seconds = 10;                      ///< length of a recording
  int workers = 0;                          ///< threads; 0: one per processor. They change no byte
};

/// The statements of a preset, in the order of scp_statements.csv.
const std::vector<ptbxl::Statement>& statements(Preset preset);

/// Writes ptbxl_database.csv, scp_statements.csv and the waveform folders to `out`, which must not
/// exist. Equal options give equal bytes. All records of a patient are in one of the ten folds,
/// which differ by at most a patient's records. Usage error if `out` exists and for options out of
/// range; data error if writing fails.
void write_dataset(const std::filesystem::path& out, const DatasetOptions& options);

}  // namespace ecg_lora::synthetic
