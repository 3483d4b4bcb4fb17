// Ink of a page, column by column.
#pragma once

#include <cstdint>
#include <vector>

#include "ecg_lora/page/render/page.h"

namespace ecg_lora::page {

/// How much of its paper each pixel has lost to ink, 0 … 1. Usage error for an image of another
/// size than the config draws.
class InkMap {
 public:
  InkMap(const Image& image, const PageConfig& config);
  int width() const { return width_; }
  int height() const { return height_; }
  /// 0 off the page.
  float at(int x, int y) const {
    if (x < 0 || y < 0 || x >= width_ || y >= height_) return 0;
    return black_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                  static_cast<std::size_t>(x)];
  }
  /// Between pixels, bilinear.
  float between(double x, double y) const;

 private:
  int width_, height_;
  std::vector<float> black_;
};

/// A stretch of ink in a column, from where it gets half as black as at its blackest to where it
/// ends so, px.
struct InkRun {
  double top = 0, bottom = 0;
  double middle() const { return (top + bottom) / 2; }
};

/// The stretches of ink in column `x` between the rows `from` and `to`, from above.
std::vector<InkRun> column_runs(const InkMap& ink, int x, int from, int to);

}  // namespace ecg_lora::page
