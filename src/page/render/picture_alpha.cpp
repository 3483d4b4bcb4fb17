#include "picture_alpha.h"

#include <cstdint>
#include <opencv2/imgproc.hpp>

namespace ecg_lora::page {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t kPngChunks = 8, kPngDepth = 24, kPngColour = 25;  ///< bytes in the file
constexpr int kGrey = 0, kGreyAlpha = 4, kColourAlpha = 6;              ///< PNG colour types

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 24 | byte_at(bytes, at + 1) << 16 | byte_at(bytes, at + 2) << 8 |
         byte_at(bytes, at + 3);
}

std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8 | byte_at(bytes, at + 2) << 16 |
         byte_at(bytes, at + 3) << 24;
}

bool is_png(std::string_view bytes) {
  return bytes.starts_with("\x89PNG\r\n\x1a\n"sv);
}

/// What the tRNS chunk holds; nothing if none stands before the first pixels.
std::optional<std::string_view> png_transparency(std::string_view bytes) {
  for (std::size_t at = kPngChunks; at + 12 <= bytes.size();) {
    const auto type = bytes.substr(at + 4, 4);
    const std::size_t length = big_endian(bytes, at);
    if (type == "IDAT"sv) break;
    if (type == "tRNS"sv) return bytes.substr(at + 8, length);
    at += 12 + length;
  }
  return std::nullopt;
}

bool png_has_transparency(std::string_view bytes) {
  const auto colour = byte_at(bytes, kPngColour);
  return colour == kGreyAlpha || colour == kColourAlpha || png_transparency(bytes);
}

/// https://developers.google.com/speed/webp/docs/riff_container: VP8X states alpha in its flags,
/// VP8L after its size; VP8 has none.
bool webp_has_alpha(std::string_view bytes) {
  const auto kind = bytes.substr(12, 4);
  if (kind == "VP8X"sv) return (byte_at(bytes, 20) & 0x10) != 0;
  return kind == "VP8L"sv && (byte_at(bytes, 24) & 0x10) != 0;
}

/// BITMAPV3INFOHEADER and later, with masks for the channels (BI_BITFIELDS or BI_ALPHABITFIELDS).
bool bmp_has_alpha(std::string_view bytes) {
  const auto compression = little_endian(bytes, 30);
  return little_endian(bytes, 14) >= 56 && (compression == 3 || compression == 6) &&
         little_endian(bytes, 66) != 0;
}

/// Blends a value with white. Pillow's alpha_composite, whose intermediate values have 7 bits more:
/// https://github.com/python-pillow/Pillow/blob/main/src/libImaging/AlphaComposite.c
std::uint8_t blend(std::uint32_t value, std::uint32_t alpha) {
  constexpr std::uint32_t kMore = 7;
  const auto sum = (value * alpha + 255 * (255 - alpha) + 0x80) << kMore;
  return static_cast<std::uint8_t>((((sum >> 8) + sum) >> 8) >> kMore);
}

void blend_row(const std::uint8_t* bgra, int pixels, std::uint8_t* rgb) {
  for (int x = 0; x < pixels; ++x, bgra += 4)
    for (int c = 2; c >= 0; --c) *rgb++ = blend(bgra[c], bgra[3]);
}

}  // namespace

bool has_transparency(std::string_view bytes) {
  if (is_png(bytes)) return png_has_transparency(bytes);
  if (bytes.starts_with("RIFF"sv) && bytes.size() >= 30) return webp_has_alpha(bytes);
  return bytes.starts_with("BM"sv) && bmp_has_alpha(bytes);
}

std::optional<int> transparent_grey(std::string_view bytes) {
  if (!is_png(bytes) || byte_at(bytes, kPngColour) != kGrey) return std::nullopt;
  const auto chunk = png_transparency(bytes);
  const auto depth = byte_at(bytes, kPngDepth);
  if (!chunk || chunk->size() < 2 || depth < 1 || depth > 16) return std::nullopt;
  const auto most = (1U << depth) - 1;
  const auto value = (byte_at(*chunk, 0) << 8 | byte_at(*chunk, 1)) & most;
  return static_cast<int>(depth < 8 ? value * 255 / most : value);
}

cv::Mat on_white(const cv::Mat& decoded, std::optional<int> transparent) {
  cv::Mat bytes = decoded;
  if (decoded.depth() == CV_16U) {
    bytes.create(decoded.size(), CV_8UC(decoded.channels()));
    for (int y = 0; y < decoded.rows; ++y)
      for (int i = 0; i < decoded.cols * decoded.channels(); ++i)
        bytes.ptr(y)[i] = static_cast<std::uint8_t>(decoded.ptr<std::uint16_t>(y)[i] >> 8);
  }
  cv::Mat rgb(bytes.size(), CV_8UC3);
  if (bytes.channels() == 4) {
    for (int y = 0; y < bytes.rows; ++y) blend_row(bytes.ptr(y), bytes.cols, rgb.ptr(y));
  } else {
    cv::cvtColor(bytes, rgb, bytes.channels() == 1 ? cv::COLOR_GRAY2RGB : cv::COLOR_BGR2RGB);
  }
  if (transparent && decoded.channels() == 1)
    rgb.setTo(cv::Scalar::all(255), decoded == *transparent);
  return rgb;
}

}  // namespace ecg_lora::page
