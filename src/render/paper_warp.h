// The one map that all geometric effects amount to: a displacement of the flat page, then a homography.
#pragma once

#include <functional>
#include <opencv2/core.hpp>

#include "ecg_lora/render/paper.h"
#include "paper_tone.h"

namespace ecg_lora::render::paper {

/// Coordinates are px, pixel centres at whole numbers. A place u of the flat page shows what was drawn at u - shift(u) and lies
/// at homography * u in the picture; forward() and resample() invert the same map, each in its direction.
class Warp {
 public:
  Warp(cv::Size page, double px_per_mm);

  /// `shift` of a place in px, in px; it must be smooth, with slopes well below 1.
  void set_shift(const std::function<cv::Vec2f(cv::Point2f)>& shift);
  void then(const cv::Matx33d& map) { homography_ = map * homography_; }

  const cv::Matx33d& homography() const { return homography_; }
  bool is_identity() const;
  bool keeps_frame() const { return homography_ == cv::Matx33d::eye(); }
  /// Place of a drawn point in the picture; NaN stays NaN.
  cv::Point2d forward(cv::Point2d drawn) const;
  /// Corners of the flat page in the picture, clockwise from the top left.
  std::array<cv::Point2d, 4> corners() const;
  /// How much longer than in the page a length is in the picture, at a place of the flat page: the square root of the area's ratio.
  double scale(cv::Point2d flat) const;
  /// Draws the page over `picture`, which shows where the page does not reach.
  void resample(const cv::Mat& page, cv::Mat& picture) const;

 private:
  cv::Vec2f shift(cv::Point2d flat) const;

  cv::Size page_;
  Lattice lattice_;
  cv::Mat shift_;  // CV_32FC2 [nodes]; empty: none
  cv::Matx33d homography_ = cv::Matx33d::eye();
};

cv::Point2d transform(const cv::Matx33d& map, cv::Point2d point);

}  // namespace ecg_lora::render::paper
