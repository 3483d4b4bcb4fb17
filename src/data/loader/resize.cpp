// As ImagingResample of Pillow (Resample.c): a horizontal and a vertical pass, bytes between them,
// weights in fixed point. libtorch's antialiased resize keeps weights in 16 bits, and can be two
// levels off.
#include "resize.h"

#include <algorithm>
#include <cmath>

namespace ecg_lora::data {
namespace {

constexpr int kPrecision = 32 - 8 - 2;  ///< bits behind the point of a weight

/// The inputs that make an output: from `first` on, one for each weight.
struct Taps {
  int first = 0;
  std::vector<int> weights;
};

std::vector<Taps> taps_of(int from, int to) {
  const double scale = static_cast<double>(from) / to, filter_scale = std::max(scale, 1.0);
  std::vector<Taps> result(static_cast<std::size_t>(to));
  for (int out = 0; out < to; ++out) {
    auto& taps = result[static_cast<std::size_t>(out)];
    const double center = (out + 0.5) * scale;
    taps.first = std::max(0, static_cast<int>(center - filter_scale + 0.5));
    const int end = std::min(from, static_cast<int>(center + filter_scale + 0.5));
    std::vector<double> weights;
    double sum = 0;
    for (int i = taps.first; i < end; ++i) {
      weights.push_back(std::max(0.0, 1 - std::abs((i - center + 0.5) * (1.0 / filter_scale))));
      sum += weights.back();
    }
    for (const double weight : weights)
      taps.weights.push_back(static_cast<int>(0.5 + weight / sum * (1 << kPrecision)));
  }
  return result;
}

/// The weighted sum of bytes `stride` apart.
std::uint8_t weigh(const std::uint8_t* bytes, std::size_t stride, const std::vector<int>& weights) {
  int sum = 1 << (kPrecision - 1);
  for (const int weight : weights) {
    sum += *bytes * weight;
    bytes += stride;
  }
  return static_cast<std::uint8_t>(std::clamp(sum >> kPrecision, 0, 255));
}

page::Image empty(int height, int width) {
  return {width, height,
          std::vector<std::uint8_t>(static_cast<std::size_t>(height) *
                                    static_cast<std::size_t>(width) * 3)};
}

page::Image resize_width(const page::Image& image, int width) {
  auto result = empty(image.height, width);
  const auto taps = taps_of(image.width, width);
  auto* out = result.rgb.data();
  for (int y = 0; y < image.height; ++y) {
    const auto* row =
        image.rgb.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) * 3;
    for (const auto& tap : taps)
      for (std::size_t c = 0; c < 3; ++c)
        *out++ = weigh(row + static_cast<std::size_t>(tap.first) * 3 + c, 3, tap.weights);
  }
  return result;
}

page::Image resize_height(const page::Image& image, int height) {
  auto result = empty(height, image.width);
  const auto stride = static_cast<std::size_t>(image.width) * 3;
  auto* out = result.rgb.data();
  for (const auto& tap : taps_of(image.height, height)) {
    const auto* rows = image.rgb.data() + static_cast<std::size_t>(tap.first) * stride;
    for (std::size_t i = 0; i < stride; ++i) *out++ = weigh(rows + i, stride, tap.weights);
  }
  return result;
}

}  // namespace

page::Image resize_bilinear(const page::Image& image, int height, int width) {
  const auto wide = [&](const page::Image& from) {
    return width == from.width ? from : resize_width(from, width);
  };
  const auto high = [&](const page::Image& from) {
    return height == from.height ? from : resize_height(from, height);
  };
  // Where the aspect ratio is kept, Pillow 13 shrinks the height of tall pictures first (measured);
  // the order shows in the rounding between the passes, by one level at most.
  const bool height_first = image.height > 2 * image.width && height < image.height;
  return height_first ? wide(high(image)) : high(wide(image));
}

}  // namespace ecg_lora::data
