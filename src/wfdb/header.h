// The text header of a WFDB record: https://physionet.org/physiotools/wag/header-5.htm
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::wfdb {

/// One signal specification line.
struct SignalLine {
  std::string file;
  int format = 0;
  std::size_t byte_offset = 0;  ///< bytes before the first sample of `file`
  double gain = 200;            ///< ADC units per physical unit
  int baseline = 0;             ///< ADC value of 0 physical units
  std::string unit = "mV";
  std::optional<int> initial_value;       ///< absent: not verified
  std::optional<std::uint16_t> checksum;  ///< sum of all samples modulo 65536; absent: not verified
  std::string description;
};

struct Header {
  std::string name;
  double sampling_rate = 250;         ///< Hz; 250 is WFDB's default
  std::optional<std::size_t> length;  ///< samples a signal; absent: as many as the file holds
  std::vector<SignalLine> signals;
  std::vector<std::string> comments;  ///< lines that start with '#', without it
};

/// Parses the header. Throws a data error with `origin` and the line number.
Header parse_header(std::string_view text, const std::string& origin);

/// Sum of the samples modulo 65536, as the header stores it.
std::uint16_t checksum_of(const std::int16_t* samples, std::size_t count, std::size_t stride);

}  // namespace ecg_lora::wfdb
