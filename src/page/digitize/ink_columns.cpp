#include "ink_columns.h"

#include <algorithm>
#include <cmath>

#include "ecg_lora/base/error.h"
#include "ecg_lora/page/render/bare_paper.h"

namespace ecg_lora::page {
namespace {

constexpr float kFaintest = 0.15F;  ///< ink below this is none

}  // namespace

InkMap::InkMap(const Image& image, const PageConfig& config)
    : width_(image.width), height_(image.height), black_(image.rgb.size() / 3) {
  const auto bare = bare_paper(config);
  if (bare.width != width_ || bare.height != height_)
    throw_usage("a page of ", width_, " x ", height_, " px was read with a config that draws ",
                bare.width, " x ", bare.height, " px; give the config that it was drawn with");
  const auto sum = [](const Image& from, std::size_t i) {
    return from.rgb[3 * i] + from.rgb[3 * i + 1] + from.rgb[3 * i + 2];
  };
  for (std::size_t i = 0; i < black_.size(); ++i)
    black_[i] = std::max(0.0F, 1 - static_cast<float>(sum(image, i)) /
                                       static_cast<float>(std::max(1, sum(bare, i))));
}

float InkMap::between(double x, double y) const {
  const int left = static_cast<int>(std::floor(x)), top = static_cast<int>(std::floor(y));
  const auto dx = static_cast<float>(x - left), dy = static_cast<float>(y - top);
  return (at(left, top) * (1 - dx) + at(left + 1, top) * dx) * (1 - dy) +
         (at(left, top + 1) * (1 - dx) + at(left + 1, top + 1) * dx) * dy;
}

std::vector<InkRun> column_runs(const InkMap& ink, int x, int from, int to) {
  std::vector<InkRun> runs;
  from = std::max(from, 0), to = std::min(to, ink.height() - 1);
  for (int y = from; y <= to; ++y) {
    if (ink.at(x, y) < kFaintest) continue;
    int end = y;
    while (end < to && ink.at(x, end + 1) >= kFaintest) ++end;
    // A steep line next to the column leaves some ink in it; half of the blackest is where the
    // middle of the pen is in the column.
    float blackest = 0;
    for (int i = y; i <= end; ++i) blackest = std::max(blackest, ink.at(x, i));
    const float half = blackest / 2;
    int first = y, last = end;
    while (ink.at(x, first) < half) ++first;
    while (ink.at(x, last) < half) --last;
    const auto beyond = [&](int row, int step) {
      const float inside = ink.at(x, row),
                  outside = ink.at(
                      x, row + step);  // which is darker where the run goes on beyond from … to
      return outside < inside
                 ? static_cast<double>(std::min(1.0F, (inside - half) / (inside - outside)))
                 : 0.0;
    };
    runs.push_back({first - beyond(first, -1), last + beyond(last, 1)});
    y = end;
  }
  return runs;
}

}  // namespace ecg_lora::page
