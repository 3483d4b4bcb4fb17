// WFDB's signal formats: https://physionet.org/physiotools/wag/signal-5.htm
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace ecg_lora::wfdb {

/// How a format stores samples: blocks of whole bytes, of which the last one of a file may be cut.
struct Format {
  int code;
  std::optional<std::int32_t> invalid;  ///< the sample value that marks an invalid sample
  std::size_t block_samples, block_bytes;
  std::array<std::size_t, 3> partial_bytes;  ///< bytes of a last block of 0, 1, 2 samples
  /// Writes `count` samples. REQUIRES needed(count) readable bytes.
  void (*decode)(const unsigned char* bytes, std::size_t count, std::int32_t* samples);

  bool null() const { return code == 0; }
  bool flac() const { return code > 500; }      ///< stored by libFLAC: no blocks, no decode
  int flac_bits() const { return code - 500; }  ///< largest resolution of the stream
  bool differences() const {
    return code == 8;
  }  ///< decode yields differences of successive samples
  /// Bytes that hold `samples` samples. REQUIRES a count of which the bytes fit a size_t.
  std::size_t needed(std::size_t samples) const {
    return samples / block_samples * block_bytes + partial_bytes[samples % block_samples];
  }
  /// The most samples that `bytes` bytes hold.
  std::size_t held(std::size_t bytes) const;
};

/// The format with this code. Throws a data error with `where` that lists the known ones.
const Format& format_of(int code, const std::string& where);

}  // namespace ecg_lora::wfdb
