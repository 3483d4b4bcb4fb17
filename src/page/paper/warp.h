// The one map that all geometric effects amount to: a displacement of the flat page, then a
// homography.
#pragma once

#include <opencv2/core.hpp>

#include "ecg_lora/page/paper/paper.h"
#include "tone.h"

namespace ecg_lora::page::paper {

/// Coordinates are px, pixel centres at whole numbers. A place u of the flat page shows what was
/// drawn at u - shift(u) and lies at homography * u in the picture; forward() and resample() invert
/// the same map, each in its direction.
class Warp {
 public:
  /// `lattice` of the page.
  explicit Warp(const Lattice& lattice) : lattice_(lattice) {}

  /// `x` and `y` of each node of the lattice, CV_32F in mm; they must be smooth, with slopes well
  /// below 1.
  void set_shift(const cv::Mat& x, const cv::Mat& y, double px_per_mm);
  void then(const cv::Matx33d& map) { homography_ = map * homography_; }

  const cv::Matx33d& homography() const { return homography_; }
  bool is_identity() const;
  bool keeps_frame() const { return homography_ == cv::Matx33d::eye(); }
  /// Place of a drawn point in the picture; NaN stays NaN.
  cv::Point2d forward(cv::Point2d drawn) const;
  /// Corners of the flat page in the picture, clockwise from the top left.
  std::array<cv::Point2d, 4> corners() const;
  /// How much longer than in the page a length is in the picture, at a place of the flat page: the
  /// square root of the area's ratio.
  double scale(cv::Point2d flat) const;
  /// Draws the page over `picture`, which shows where the page does not reach.
  void resample(const cv::Mat& page, cv::Mat& picture) const;

 private:
  cv::Vec2f shift(cv::Point2d flat) const;
  /// Which place of the page each node of the picture's lattice shows, CV_32FC2.
  cv::Mat places(const Lattice& lattice) const;

  Lattice lattice_;
  cv::Mat shift_;  // CV_32FC2 [nodes]; empty: none
  cv::Matx33d homography_ = cv::Matx33d::eye();
};

cv::Point2d transform(const cv::Matx33d& map, cv::Point2d point);

}  // namespace ecg_lora::page::paper
