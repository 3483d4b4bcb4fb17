// The size of a picture from its first bytes, so that no file makes the program allocate what it
// claims.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ecg_lora::data {

struct PictureSize {
  std::int64_t width = 0, height = 0;  ///< px
};

/// Of a PNG, JPEG, BMP or WebP file; nothing if `bytes` is none of them or ends before it says.
std::optional<PictureSize> picture_size(std::string_view bytes);

}  // namespace ecg_lora::data
