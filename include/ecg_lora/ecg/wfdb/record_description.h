// What a header says, and whether the samples bear it out: for people who look at a record.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::wfdb {

/// A signal line, field by field; see docs/formats/recordings.md.
struct SignalDescription {
  std::string name, file;
  int format = 0;
  std::size_t samples_per_frame = 1, skew = 0, offset = 0;
  double gain = 200;
  std::int64_t baseline = 0;
  std::string unit;
  int adc_zero = 0;
  std::optional<int> initial_value;
  std::optional<std::uint16_t> checksum;  ///< as stated
  std::optional<std::uint16_t> sum;       ///< of the samples; absent if they could not be read
};

struct SegmentDescription {
  std::string name;        ///< "~" is a gap
  std::size_t length = 0;  ///< frames; 0 in a layout segment
};

struct RecordDescription {
  std::filesystem::path header;
  std::string name;
  double sampling_rate = 0;           ///< frames per second, Hz
  std::optional<std::size_t> length;  ///< frames; absent if neither header nor samples tell
  Clock clock;
  std::vector<std::string> comments;
  std::vector<SignalDescription>
      signals;  ///< of a record of several segments: those of its first one
  std::vector<SegmentDescription> segments;  ///< empty in a record of one segment
  std::string problem;  ///< why read_record refuses the record; empty if it reads it
};

/// Describes `path` (without extension, or with .hea). Throws a data error if the header itself
/// cannot be read; whatever else is wrong is the problem.
RecordDescription describe_record(const std::filesystem::path& path);

}  // namespace ecg_lora::wfdb
