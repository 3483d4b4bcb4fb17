// Waveform records in physical units.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ecg_lora::wfdb {

/// One channel of a recording.
struct Lead {
  std::string name;  ///< standard spelling: I, II, III, aVR, aVL, aVF, V1 … V6
  std::string unit = "mV";
  std::vector<double>
      samples;  ///< physical units; NaN if the file marks a sample invalid or holds none
  std::size_t samples_per_frame =
      1;  ///< above 1 only if frames are not smoothed: this lead is sampled faster
};

/// When a recording began and how its counter runs, as far as its header says.
struct Clock {
  std::optional<double> counter_frequency;        ///< Hz
  std::optional<double> base_counter;             ///< counter value at sample 0
  std::optional<std::chrono::microseconds> time;  ///< since midnight, at sample 0
  std::optional<std::chrono::year_month_day> date;
};

/// A recording: leads of equal duration, sampled together.
struct Record {
  std::string name;
  double sampling_rate = 0;  ///< frames per second, Hz
  std::vector<Lead> leads;
  std::vector<std::string> comments;
  Clock clock = {};

  /// Frames; samples of each lead that has one per frame.
  std::size_t length() const {
    return leads.empty() ? 0 : leads.front().samples.size() / leads.front().samples_per_frame;
  }
  double duration() const { return static_cast<double>(length()) / sampling_rate; }  ///< s
  /// Throws a data error that lists the leads present if `name` is none of them.
  const Lead& lead(const std::string& name) const;
};

/// The twelve standard leads in the order of a clinical page.
const std::vector<std::string>& standard_leads();

struct ReadOptions {
  /// Signals with several samples per frame: their mean, one sample per frame; else every sample.
  bool smooth_frames = true;
  /// Voltages in mV, whatever the unit of the header; else the header's own unit.
  bool millivolts = true;
};

/// Reads `path` (without extension, or with .hea), of one or several segments: see
/// docs/formats/recordings.md. Gain, baseline and units of the header are applied, the checksum is
/// verified. Throws a data error that names the file, the field or position, what was expected and
/// what was found. Warns once per run of each oddity: a comment behind a line, leads of one name, a
/// lead without one.
Record read_record(const std::filesystem::path& path, const ReadOptions& options = {});

/// Writes `path`.hea and `path`.dat in format 16 with `gain` units per physical unit. Throws a data
/// error if a sample does not fit 16 bits.
void write_record(const std::filesystem::path& path, const Record& record, double gain = 1000.0);

}  // namespace ecg_lora::wfdb
