// Samples in ADC units to leads in physical units.
#pragma once

#include <filesystem>

#include "ecg_lora/ecg/wfdb/record.h"
#include "header.h"
#include "samples.h"

namespace ecg_lora::wfdb {

/// The name, unit and samples a frame of a lead with this signal line, without samples.
Lead empty_lead(const SignalLine& signal, const ReadOptions& options);

/// The lead at `column` of a frame. Throws a data error with `path` if its checksum differs from
/// its header's.
Lead to_physical(const SignalLine& signal, const Samples& samples, std::size_t column,
                 const ReadOptions& options, const std::filesystem::path& path);

/// Sum of samples modulo 65536, as the header stores it.
template <class T>
std::uint16_t checksum_of(const T* samples, std::size_t count, std::size_t stride) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += static_cast<std::uint32_t>(samples[i * stride]);
  return static_cast<std::uint16_t>(sum);
}

}  // namespace ecg_lora::wfdb
