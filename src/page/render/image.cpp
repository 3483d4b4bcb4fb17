#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/page/render/image.h"
#include "picture_alpha.h"
#include "png.h"

namespace ecg_lora::page {

namespace {

/// RGB of 8 bits, on white; empty if the bytes are no picture.
cv::Mat decode(const std::string& bytes) {
  const cv::Mat file(1, static_cast<int>(bytes.size()), CV_8U, const_cast<char*>(bytes.data()));
  cv::Mat decoded;
  if (bytes.empty()) return decoded;
  try {
    // Alpha comes with IMREAD_UNCHANGED alone, which leaves the orientation of photographs alone
    // too.
    decoded = cv::imdecode(file, has_transparency(bytes) ? cv::IMREAD_UNCHANGED : cv::IMREAD_COLOR);
  } catch (const cv::Exception&) {
    return {};
  }
  return decoded.empty() ? decoded : on_white(decoded, transparent_grey(bytes));
}

}  // namespace

Image read_image(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  const auto decoded = decode(bytes);
  if (decoded.empty())
    throw_data(
        "cannot decode ", path.string(), " (", bytes.size(),
        " bytes), expected a PNG, JPEG, WebP or BMP picture; the file is damaged or of another "
        "kind, make it again");
  Image image{decoded.cols, decoded.rows, {}};
  image.rgb.assign(decoded.datastart, decoded.dataend);
  return image;
}

std::string encode_png(const Image& image) {
  if (auto bytes = encode_flat_png(image)) return *std::move(bytes);
  const cv::Mat rgb(image.height, image.width, CV_8UC3,
                    const_cast<std::uint8_t*>(image.rgb.data()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> bytes;
  // On drawn pages level 3 is an eighth of the size of OpenCV's default, for a third more time;
  // higher levels take longer and gain little.
  cv::imencode(".png", bgr, bytes, {cv::IMWRITE_PNG_COMPRESSION, 3});
  return {bytes.begin(), bytes.end()};
}

void write_png(const std::filesystem::path& path, const Image& image) {
  write_file(path, encode_png(image));
}

}  // namespace ecg_lora::page
