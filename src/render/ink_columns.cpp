#include "ink_columns.h"

#include <algorithm>
#include <cmath>

#include "colours.h"

namespace ecg_lora::render {
namespace {

constexpr float faintest = 0.15F;  ///< ink below this is none

}  // namespace

InkMap::InkMap(const Image& image, const PageConfig& config) : width_(image.width), height_(image.height), black_(image.rgb.size() / 3) {
  const auto& colours = colours_of(config);
  const auto brightest = [](const auto* rgb) { return std::max({rgb[0], rgb[1], rgb[2]}); };
  const float white = std::min(brightest(colours.light.data()), brightest(colours.heavy.data()));
  for (std::size_t i = 0; i < black_.size(); ++i) black_[i] = std::max(0.0F, 1 - static_cast<float>(brightest(&image.rgb[3 * i])) / white);
}

float InkMap::between(double x, double y) const {
  const int left = static_cast<int>(std::floor(x)), top = static_cast<int>(std::floor(y));
  const auto dx = static_cast<float>(x - left), dy = static_cast<float>(y - top);
  return (at(left, top) * (1 - dx) + at(left + 1, top) * dx) * (1 - dy) + (at(left, top + 1) * (1 - dx) + at(left + 1, top + 1) * dx) * dy;
}

std::vector<Run> column_runs(const InkMap& ink, int x, int from, int to) {
  std::vector<Run> runs;
  from = std::max(from, 0), to = std::min(to, ink.height() - 1);
  for (int y = from; y <= to; ++y) {
    if (ink.at(x, y) < faintest) continue;
    int end = y;
    while (end < to && ink.at(x, end + 1) >= faintest) ++end;
    // A steep line beside the column leaves some ink in it; half of the blackest is where the middle of the pen is in the column.
    float blackest = 0;
    for (int i = y; i <= end; ++i) blackest = std::max(blackest, ink.at(x, i));
    const float half = blackest / 2;
    int first = y, last = end;
    while (ink.at(x, first) < half) ++first;
    while (ink.at(x, last) < half) --last;
    const auto beyond = [&](int row, int step) {
      const float outside = ink.at(x, row + step);
      return static_cast<double>((ink.at(x, row) - half) / std::max(1e-6F, ink.at(x, row) - outside));
    };
    runs.push_back({first - beyond(first, -1), last + beyond(last, 1)});
    y = end;
  }
  return runs;
}

}  // namespace ecg_lora::render
