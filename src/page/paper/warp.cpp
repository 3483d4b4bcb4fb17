#include "warp.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace ecg_lora::page::paper {

cv::Point2d transform(const cv::Matx33d& map, cv::Point2d point) {
  const cv::Vec3d to = map * cv::Vec3d(point.x, point.y, 1);
  return {to[0] / to[2], to[1] / to[2]};
}

void Warp::set_shift(const cv::Mat& x, const cv::Mat& y, double px_per_mm) {
  const cv::Mat parts[] = {x * px_per_mm, y * px_per_mm};
  cv::merge(parts, 2, shift_);
}

bool Warp::is_identity() const {
  return keeps_frame() && shift_.empty();
}

cv::Vec2f Warp::shift(cv::Point2d flat) const {
  if (shift_.empty()) return {0, 0};
  const double x = std::clamp(flat.x / lattice_.step, 0.0, shift_.cols - 1.001),
               y = std::clamp(flat.y / lattice_.step, 0.0, shift_.rows - 1.001);
  const int column = static_cast<int>(x), row = static_cast<int>(y);
  const auto fx = static_cast<float>(x - column), fy = static_cast<float>(y - row);
  const auto* above = shift_.ptr<cv::Vec2f>(row) + column;
  const auto* below = shift_.ptr<cv::Vec2f>(row + 1) + column;
  return (above[0] * (1 - fx) + above[1] * fx) * (1 - fy) +
         (below[0] * (1 - fx) + below[1] * fx) * fy;
}

cv::Point2d Warp::forward(cv::Point2d drawn) const {
  if (std::isnan(drawn.x) || std::isnan(drawn.y)) return drawn;
  // Solves flat - shift(flat) = drawn; each round is closer by the slope of the shift, below 0.5.
  constexpr int kRounds = 30;
  constexpr double kClose = 1e-3;  // px
  cv::Point2d flat = drawn;
  for (int round = 0; round < kRounds; ++round) {
    const auto move = shift(flat);
    const cv::Point2d next(drawn.x + static_cast<double>(move[0]),
                           drawn.y + static_cast<double>(move[1]));
    const double step = std::abs(next.x - flat.x) + std::abs(next.y - flat.y);
    flat = next;
    if (step < kClose) break;
  }
  return transform(homography_, flat);
}

std::array<cv::Point2d, 4> Warp::corners() const {
  const double right = lattice_.picture.width - 0.5, bottom = lattice_.picture.height - 0.5;
  return {transform(homography_, {-0.5, -0.5}), transform(homography_, {right, -0.5}),
          transform(homography_, {right, bottom}), transform(homography_, {-0.5, bottom})};
}

double Warp::scale(cv::Point2d flat) const {
  const auto& h = homography_;
  const double depth = h(2, 0) * flat.x + h(2, 1) * flat.y + h(2, 2);
  return std::sqrt(std::abs(cv::determinant(h) /
                            (depth * depth * depth)));  // Jacobian determinant of a homography
}

cv::Mat Warp::places(const Lattice& lattice) const {
  const cv::Matx33d back = homography_.inv();
  cv::Mat nodes(lattice.nodes(), CV_32FC2);
  for (int row = 0; row < nodes.rows; ++row)
    for (int column = 0; column < nodes.cols; ++column) {
      const auto flat = transform(back, cv::Point2d(column * lattice.step, row * lattice.step));
      const auto move = shift(flat);
      nodes.at<cv::Vec2f>(row, column) = {static_cast<float>(flat.x) - move[0],
                                          static_cast<float>(flat.y) - move[1]};
    }
  return nodes;
}

void Warp::resample(const cv::Mat& page, cv::Mat& picture) const {
  constexpr int kStrip = 16;       // rows whose maps stay in the cache
  constexpr float kLimit = 32000;  // of the map's 16 bits
  const Lattice lattice{picture.size(), lattice_.step};
  const cv::Mat nodes = places(lattice);
  RowSpreader spreader(nodes, lattice);
  // OpenCV's own fixed-point form of a map: whole pixels, and 1/32 px as an index into its table of
  // weights.
  cv::Mat whole(kStrip, picture.cols, CV_16SC2), part(kStrip, picture.cols, CV_16UC1);
  for (int top = 0; top < picture.rows; top += kStrip) {
    const int rows = std::min(kStrip, picture.rows - top);
    for (int row = 0; row < rows; ++row) {
      const float* place = spreader.row(top + row);
      auto* to = whole.ptr<std::int16_t>(row);
      auto* index = part.ptr<std::uint16_t>(row);
      for (int x = 0; x < picture.cols; ++x) {
        const int ix = cvRound(std::clamp(place[2 * x], -kLimit, kLimit) * 32),
                  iy = cvRound(std::clamp(place[2 * x + 1], -kLimit, kLimit) * 32);
        to[2 * x] = static_cast<std::int16_t>(ix >> 5);
        to[2 * x + 1] = static_cast<std::int16_t>(iy >> 5);
        index[x] = static_cast<std::uint16_t>((iy & 31) * 32 + (ix & 31));
      }
    }
    cv::Mat strip = picture.rowRange(top, top + rows);
    cv::remap(page, strip, whole.rowRange(0, rows), part.rowRange(0, rows), cv::INTER_LINEAR,
              cv::BORDER_TRANSPARENT);
  }
}

}  // namespace ecg_lora::page::paper
