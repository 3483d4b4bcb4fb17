#include "ink.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "ecg_lora/page/render/print_sizes.h"

namespace ecg_lora::page {
namespace {

const cv::Scalar black(0, 0, 0);
constexpr int kFractionBits = 8;  ///< fractional bits of OpenCV's sub-pixel coordinates

cv::Point fixed(const Point& point) {
  return {cvRound(std::ldexp(point.x, kFractionBits)), cvRound(std::ldexp(point.y, kFractionBits))};
}

int whole_width(double px_per_mm) {
  return std::max(1, cvRound(px_per_mm * kStrokeMm));
}

double letter_scale(double px_per_mm, double size) {
  return 0.1 * px_per_mm * size;
}

}  // namespace

Ink::Ink(cv::Mat& page, double px_per_mm)
    : page_(page), px_per_mm_(px_per_mm), width_(px_per_mm * kStrokeMm) {
  if (whole_width(px_per_mm) > 1) cover_ = cv::Mat::zeros(page.size(), CV_8U);
}

void Ink::line(const std::vector<Point>& points) {
  if (points.size() < 2) return;
  if (!cover_.empty()) {
    for (std::size_t i = 1; i < points.size(); ++i) segment(points[i - 1], points[i]);
    return;
  }
  std::vector<cv::Point> whole;
  whole.reserve(points.size());
  for (const auto& point : points) whole.push_back(fixed(point));
  cv::polylines(page_, whole, false, black, 1, cv::LINE_AA, kFractionBits);
}

/// Each pixel within reach takes the part of it that a disc-ended line of this width covers, to
/// first order.
void Ink::segment(const Point& a, const Point& b) {
  const float radius = static_cast<float>(width_ / 2), reach = radius + 0.5F;
  const int left = std::max(0, cvFloor(std::min(a.x, b.x) - reach)),
            right = std::min(page_.cols - 1, cvCeil(std::max(a.x, b.x) + reach));
  const int top = std::max(0, cvFloor(std::min(a.y, b.y) - reach)),
            bottom = std::min(page_.rows - 1, cvCeil(std::max(a.y, b.y) + reach));
  const float dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy,
              inverse = square > 0 ? 1 / square : 0;
  for (int y = top; y <= bottom; ++y) {
    auto* row = cover_.ptr<std::uint8_t>(y);
    for (int x = left; x <= right; ++x) {
      const float px = static_cast<float>(x) - a.x, py = static_cast<float>(y) - a.y;
      const float along = std::clamp((px * dx + py * dy) * inverse, 0.0F, 1.0F);
      const float ex = px - along * dx, ey = py - along * dy, distance = ex * ex + ey * ey;
      if (distance >= reach * reach) continue;
      const float part = std::min(1.0F, reach - std::sqrt(distance));
      row[x] = std::max(row[x], static_cast<std::uint8_t>(part * 255 + 0.5F));
    }
  }
}

void Ink::text(const std::string& text, double x, double y, double size) {
  cv::putText(page_, text, {cvRound(x), cvRound(y)}, cv::FONT_HERSHEY_SIMPLEX,
              letter_scale(px_per_mm_, size), black, whole_width(px_per_mm_), cv::LINE_AA);
}

void Ink::dry() {
  for (int y = 0; y < cover_.rows; ++y) {
    const auto* cover = cover_.ptr<std::uint8_t>(y);
    auto* pixel = page_.ptr<std::uint8_t>(y);
    for (int x = 0; x < cover_.cols; ++x) {
      if (cover[x] == 0) continue;
      for (int c = 3 * x; c < 3 * x + 3; ++c)
        pixel[c] = static_cast<std::uint8_t>((pixel[c] * (255 - cover[x]) + 127) / 255);
    }
  }
}

double text_width(const std::string& text, double px_per_mm, double size) {
  return cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, letter_scale(px_per_mm, size),
                         whole_width(px_per_mm), nullptr)
      .width;
}

}  // namespace ecg_lora::page
