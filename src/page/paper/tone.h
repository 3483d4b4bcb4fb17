// Slow changes of light and colour, on a coarse lattice that is spread over the picture as it is
// applied.
#pragma once

#include <opencv2/core.hpp>

#include "ecg_lora/base/random.h"

namespace ecg_lora::page::paper {

/// Nodes every `step` px: node (i, j) lies at pixel (i * step, j * step); the last ones lie beyond
/// the picture.
struct Lattice {
  cv::Size picture;
  int step = 4;

  cv::Size nodes() const {
    return {(picture.width - 1) / step + 2, (picture.height - 1) / step + 2};
  }
};

/// Smooth noise about 0, mostly within -1 to 1, with about `across` bumps over the width of
/// `nodes`, `down` over the height.
cv::Mat smooth_noise(Random random, cv::Size nodes, double across, double down);

/// RGB' = gain * RGB + offset, both smooth over the picture.
class Tone {
 public:
  explicit Tone(Lattice lattice);

  const Lattice& lattice() const { return lattice_; }
  /// Calls change(x, y, gain, offset) for every node, with its place in px; both are cv::Vec3f.
  template <class F>
  void each(F change) {
    for (int row = 0; row < gain_.rows; ++row)
      for (int column = 0; column < gain_.cols; ++column)
        change(column * lattice_.step, row * lattice_.step, gain_.at<cv::Vec3f>(row, column),
               offset_.at<cv::Vec3f>(row, column));
  }
  /// Multiplies all colours by `light`, CV_32F [nodes].
  void dim(const cv::Mat& light);
  /// 8-bit RGB, rounded and clamped.
  void apply(cv::Mat& picture) const;

 private:
  Lattice lattice_;
  cv::Mat gain_, offset_;  // CV_32FC3 [nodes]
};

/// Spreads rows of nodes over rows of pixels: `row(y)` for y = 0, 1, … in turn, `channels` values a
/// pixel, interleaved.
class RowSpreader {
 public:
  RowSpreader(const cv::Mat& nodes, const Lattice& lattice);
  const float* row(int y);

 private:
  void spread(int node_row, std::vector<float>& out) const;

  const cv::Mat nodes_;
  int step_, channels_;
  std::vector<float> from_, to_, value_, slope_;
};

}  // namespace ecg_lora::page::paper
