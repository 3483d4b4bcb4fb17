// Which picture files may hold transparency, and what stands in its place.
#pragma once

#include <opencv2/core.hpp>
#include <optional>
#include <string_view>

namespace ecg_lora::page {

/// Whether the file of these bytes says that it has transparency: a PNG with alpha or a tRNS chunk,
/// a WebP file with alpha, a BMP file with a mask for alpha (in other BMP files the fourth byte is
/// unused).
bool has_transparency(std::string_view bytes);

/// The grey value that a grey PNG of `bytes` declares transparent, at the depth that it decodes to
/// (8 bits or 16); nothing if there is none. OpenCV decodes the transparency of all other kinds
/// itself.
std::optional<int> transparent_grey(std::string_view bytes);

/// `decoded` (grey, BGR or BGRA, of 8 or 16 bits) on white, as RGB of 8 bits. Values of 16 bits
/// keep their high byte. Pixels equal `transparent` are white. What is semi-transparent is blended
/// as Pillow's alpha_composite does it, to the last bit: that is what transformers' image processor
/// makes of such a page.
cv::Mat on_white(const cv::Mat& decoded, std::optional<int> transparent);

}  // namespace ecg_lora::page
