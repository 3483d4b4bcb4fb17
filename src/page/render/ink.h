// Black ink on paper: anti-aliased lines and letters.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "ecg_lora/page/render/page.h"

namespace ecg_lora::page {

/// Lines gathered for one page. Finer than a pixel and a half they are OpenCV's, as the base model
/// knows them; wider ones are drawn by distance, each pixel as dark as its nearest line makes it,
/// so that dense samples do not thicken the trace.
class Ink {
 public:
  /// `page` is CV_8UC3 and must outlive this; lines are kStrokeMm wide.
  Ink(cv::Mat& page, double px_per_mm);
  /// A line through `points`, px; nothing for fewer than two.
  void line(const std::vector<Point>& points);
  /// `size` 1 is letters 2.2 mm tall; x and y are the left end of the line they stand on, px.
  void text(const std::string& text, double x, double y, double size = 1);
  /// Blends what was gathered into the page. To be called once, at the end.
  void dry();

 private:
  void segment(const Point& a, const Point& b);

  cv::Mat& page_;
  cv::Mat cover_;  ///< 0 bare … 255 black; empty for fine lines
  double px_per_mm_, width_;
};

}  // namespace ecg_lora::page
