// FLAC streams as WFDB's formats 508, 516 and 524 hold them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::wfdb {

struct FlacLayout {
  int bits = 16;                      ///< largest resolution allowed
  std::size_t channels = 1;           ///< one per signal
  std::size_t samples_per_frame = 1;  ///< of every signal
  std::size_t offset = 0;             ///< samples of each channel before the first frame
  std::optional<std::size_t> frames;  ///< absent: all there are
};

/// The samples in the order of WFDB's other files: [frames, channels, samples_per_frame]; fewer
/// frames than asked for if the stream ends early. Throws a data error with `origin` if the
/// stream is damaged or laid out otherwise.
std::vector<std::int32_t> decode_flac(std::string_view bytes, const FlacLayout& layout,
                                      const std::string& origin);

}  // namespace ecg_lora::wfdb
