// Pixels, and the files that hold them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ecg_lora::page {

/// Pixels, row by row, RGB interleaved.
struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  ///< [height, width, 3]
};

/// PNG (or any format OpenCV reads) as RGB. What is transparent is laid on white, and 16 bits
/// become 8, as transformers' image processor does it. Data error for a damaged or missing file.
Image read_image(const std::filesystem::path& path);
/// The bytes of a PNG file that holds `image` exactly: 8 bits per channel, RGB, no alpha.
std::string encode_png(const Image& image);
/// Written whole or not at all; data error if it cannot be.
void write_png(const std::filesystem::path& path, const Image& image);

}  // namespace ecg_lora::page
