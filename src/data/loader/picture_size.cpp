#include "picture_size.h"

#include <cstdlib>

namespace ecg_lora::data {
namespace {

std::int64_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

std::int64_t big_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | byte_at(bytes, at + i);
  return value;
}

std::int32_t little_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;)
    value = value << 8 | static_cast<std::uint32_t>(byte_at(bytes, at + i));
  return static_cast<std::int32_t>(value);
}

/// Walks the segments to the start of frame (ITU-T T.81, B.1.1.4): SOF0 to SOF15 without DHT, JPG
/// and DAC.
std::optional<PictureSize> jpeg_size(std::string_view bytes) {
  for (std::size_t at = 2; at + 9 <= bytes.size();) {
    if (byte_at(bytes, at) != 0xff) return std::nullopt;
    const auto marker = byte_at(bytes, at + 1);
    if (marker == 0xff) {  // fill byte
      ++at;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
      return PictureSize{big_endian(bytes, at + 7, 2), big_endian(bytes, at + 5, 2)};
    const bool alone = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at += alone ? 2 : 2 + static_cast<std::size_t>(big_endian(bytes, at + 2, 2));
  }
  return std::nullopt;
}

/// https://developers.google.com/speed/webp/docs/riff_container: VP8X has the canvas, VP8L and VP8
/// the frame.
std::optional<PictureSize> webp_size(std::string_view bytes) {
  const auto little = [&](std::size_t at, std::size_t count) {
    return static_cast<std::int64_t>(static_cast<std::uint32_t>(little_endian(bytes, at)) &
                                     ((1U << (8 * count)) - 1));
  };
  const auto kind = bytes.substr(12, 4);
  if (kind == "VP8X") return PictureSize{little(24, 3) + 1, little(27, 3) + 1};
  if (kind == "VP8 ") return PictureSize{little(26, 2) & 0x3fff, little(28, 2) & 0x3fff};
  if (kind != "VP8L") return std::nullopt;
  const auto both = static_cast<std::uint32_t>(little_endian(bytes, 21));
  return PictureSize{(both & 0x3fff) + 1, (both >> 14 & 0x3fff) + 1};
}

}  // namespace

std::optional<PictureSize> picture_size(std::string_view bytes) {
  using std::string_view_literals::operator""sv;
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv) && bytes.size() >= 24)
    return PictureSize{big_endian(bytes, 16, 4), big_endian(bytes, 20, 4)};
  if (bytes.starts_with("\xff\xd8"sv)) return jpeg_size(bytes);
  // A BMP with a negative height stands on its head.
  if (bytes.starts_with("BM"sv) && bytes.size() >= 26)
    return PictureSize{little_endian(bytes, 18),
                       std::abs(static_cast<std::int64_t>(little_endian(bytes, 22)))};
  if (bytes.starts_with("RIFF"sv) && bytes.size() >= 32 && bytes.substr(8, 4) == "WEBP"sv)
    return webp_size(bytes);
  return std::nullopt;
}

}  // namespace ecg_lora::data
