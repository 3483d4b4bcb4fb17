// Waveform records in physical units.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ecg_lora::wfdb {

/// One channel of a recording.
struct Lead {
  std::string name;  ///< standard spelling: I, II, III, aVR, aVL, aVF, V1 … V6
  std::string unit = "mV";
  std::vector<double> samples;  ///< physical units; NaN where the file marks a sample invalid
};

/// A recording: leads of equal length, sampled together.
struct Record {
  std::string name;
  double sampling_rate = 0;  ///< Hz
  std::vector<Lead> leads;
  std::vector<std::string> comments;

  std::size_t length() const { return leads.empty() ? 0 : leads.front().samples.size(); }
  double duration() const { return static_cast<double>(length()) / sampling_rate; }  ///< s
  /// Throws a data error that lists the leads present where `name` is none of them.
  const Lead& lead(const std::string& name) const;
};

/// The twelve standard leads in the order of a clinical page.
const std::vector<std::string>& standard_leads();

/// Reads `path` (without extension, or with .hea). Gain, baseline and units of the header are applied,
/// initial value and checksum verified. Throws a data error that names the file, what was expected and what
/// was found.
Record read_record(const std::filesystem::path& path);

/// Writes `path`.hea and `path`.dat in format 16 with `gain` units per physical unit. Throws a data error
/// where a sample does not fit 16 bits.
void write_record(const std::filesystem::path& path, const Record& record, double gain = 1000.0);

}  // namespace ecg_lora::wfdb
