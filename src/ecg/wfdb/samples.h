// The samples of one signal file, in ADC units.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "header.h"

namespace ecg_lora::wfdb {

/// Interleaved as in the file: [frames, width], where a frame holds the samples of one signal after
/// those of the other.
struct Samples {
  /// 16 bits if the file holds them so, to spare a copy of the common case.
  std::variant<std::vector<std::int16_t>, std::vector<std::int32_t>> values;
  std::size_t frames = 0, width = 0;
  std::size_t file_bytes = 0;
};

/// The most samples that are plausible if a record of `bytes` bytes holds compressed samples, or
/// gaps that take no bytes at all: a bound for memory, far above what recordings come to.
constexpr std::size_t sample_allowance(std::size_t bytes) {
  return (std::size_t{1} << 22) + 2048 * bytes;
}

/// Reads the signals of `group`, which share the file `path`; `frames` as the header states them,
/// or as many as the file holds. Throws a data error with file, field and position if the file
/// does not hold them, or if the lines of the group contradict each other.
Samples read_samples(const std::filesystem::path& path, std::span<const SignalLine> group,
                     std::optional<std::size_t> frames);

}  // namespace ecg_lora::wfdb
