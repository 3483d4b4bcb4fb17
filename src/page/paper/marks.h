// Strokes of a pen.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "ecg_lora/base/random.h"

namespace ecg_lora::page::paper {

using Stroke = std::vector<cv::Point2d>;  ///< points that the pen passes, mm

struct Pen {
  cv::Vec3d colour;     ///< RGB, 0 to 255
  double width = 0.45;  ///< mm
  double cover = 0.9;   ///< share of the light that it takes if its colour is black
  bool even = false;    ///< a marker: no pressure to see
};

// Marks of size about 1 around the origin, y down, as a hand draws them: no two alike.
std::vector<Stroke> ring(Random& random, double width, double height);
std::vector<Stroke> arrow(Random& random, cv::Point2d from, cv::Point2d to);
std::vector<Stroke> tick(Random& random);
std::vector<Stroke> cross(Random& random);
std::vector<Stroke> line(Random& random, double length);
/// Joined letters that mean nothing, x height 1; `letters` of them.
std::vector<Stroke> word(Random& random, int letters);

/// Smooth curves through the points of the strokes, which are scaled by `size` and moved to `at`
/// (both mm).
void draw_strokes(const std::vector<Stroke>& strokes, cv::Point2d at, double size, const Pen& pen,
                  Random& random, double px_per_mm, cv::Mat& page);

}  // namespace ecg_lora::page::paper
