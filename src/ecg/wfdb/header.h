// The text header of a WFDB record: https://physionet.org/physiotools/wag/header-5.htm
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::wfdb {

/// One signal specification line.
struct SignalLine {
  std::string file;
  int format = 0;  ///< 0: a null signal, which no file holds
  std::size_t samples_per_frame = 1;
  std::size_t skew = 0;       ///< frames by which the signal is late in its file
  std::size_t offset = 0;     ///< before the first sample of `file`: bytes; in FLAC files, samples
  double gain = 200;          ///< ADC units per physical unit
  std::int64_t baseline = 0;  ///< ADC value of 0 physical units
  std::string unit = "mV";
  int adc_zero = 0;
  std::optional<int> initial_value;       ///< what the first difference of format 8 is added to
  std::optional<std::uint16_t> checksum;  ///< sum of all samples modulo 65536; absent: not verified
  std::string description;
};

/// One segment line of a multi-segment record.
struct Segment {
  std::string name;        ///< "~": a gap
  std::size_t length = 0;  ///< frames; 0 only in the layout segment, which comes first
};

struct Header {
  std::string name;
  std::optional<double> stated_rate;  ///< Hz
  std::optional<std::size_t> length;  ///< frames; absent: as many as the file holds
  Clock clock;
  std::vector<SignalLine> signals;  ///< empty in a multi-segment record
  std::vector<Segment> segments;    ///< empty in a record of one segment
  std::size_t signal_count = 0;
  std::vector<std::string> comments;  ///< lines that start with '#', without it

  double sampling_rate() const { return stated_rate.value_or(250); }  ///< Hz; 250 is WFDB's default
};

/// Parses the header. Throws a data error with `origin` and the line number.
Header parse_header(std::string_view text, const std::string& origin);

}  // namespace ecg_lora::wfdb
