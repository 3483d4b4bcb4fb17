#include "marks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

#include "ecg_lora/base/two_pi.h"

namespace ecg_lora::page::paper {
namespace {

cv::Point2d jitter(Random& random, double size) {
  const double x = random.normal(0, size);
  return {x, random.normal(0, size)};
}

/// Centripetal enough for a pen: Catmull-Rom through the points.
Stroke smooth(const Stroke& points) {
  constexpr int kParts = 8;
  if (points.size() < 3) return points;
  Stroke curve;
  const auto at = [&](std::ptrdiff_t i) {
    return points[static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(i, 0, std::ssize(points) - 1))];
  };
  for (std::ptrdiff_t i = 0; i + 1 < std::ssize(points); ++i)
    for (int part = 0; part < kParts; ++part) {
      const double t = static_cast<double>(part) / kParts, t2 = t * t, t3 = t2 * t;
      const auto before = at(i - 1), from = at(i), to = at(i + 1), after = at(i + 2);
      curve.push_back(0.5 * (2 * from + (to - before) * t +
                             (2 * before - 5 * from + 4 * to - after) * t2 +
                             (3 * from - before - 3 * to + after) * t3));
    }
  curve.push_back(points.back());
  return curve;
}

/// Letters of joined writing on a baseline at 0, x height 1, y up; each begins where the last one
/// ended.
const std::array<Stroke, 10>& letters() {
  static const std::array<Stroke, 10> kLetters = {{
      {{0.55, 0.85},
       {0.2, 0.9},
       {0, 0.4},
       {0.25, 0},
       {0.5, 0.35},
       {0.58, 0.9},
       {0.62, 0.15},
       {0.9, 0.05}},  // a
      {{0.1, 0.35},
       {0.45, 0.6},
       {0.4, 0.95},
       {0.15, 0.85},
       {0.05, 0.35},
       {0.35, 0},
       {0.75, 0.15}},                                                                      // e
      {{0.1, 0.3}, {0.5, 1.3}, {0.4, 2}, {0.2, 1.7}, {0.18, 0.4}, {0.4, 0}, {0.7, 0.15}},  // l
      {{0.05, 0.6},
       {0.15, 0.95},
       {0.18, 0.1},
       {0.2, 0.4},
       {0.45, 0.95},
       {0.58, 0.6},
       {0.6, 0.1},
       {0.9, 0.1}},  // n
      {{0.05, 0.6},
       {0.12, 0.9},
       {0.15, 0.1},
       {0.3, 0.85},
       {0.45, 0.8},
       {0.48, 0.1},
       {0.65, 0.85},
       {0.8, 0.8},
       {0.84, 0.1},
       {1.1, 0.1}},  // m
      {{0.1, 0.9},
       {0.1, 0.25},
       {0.35, 0},
       {0.55, 0.4},
       {0.6, 0.9},
       {0.62, 0.15},
       {0.9, 0.08}},                                                    // u
      {{0.15, 0.4}, {0.35, 1.6}, {0.28, 0.3}, {0.5, 0}, {0.75, 0.15}},  // t
      {{0.55, 0.85},
       {0.2, 0.9},
       {0.05, 0.4},
       {0.3, 0.1},
       {0.55, 0.8},
       {0.5, -0.7},
       {0.2, -0.9},
       {0.2, -0.5},
       {0.85, 0.2}},                                                                  // g
      {{0.1, 0.5}, {0.3, 1}, {0.4, 0.75}, {0.55, 0.8}, {0.5, 0.15}, {0.8, 0.1}},      // r
      {{0.1, 0.2}, {0.4, 0.95}, {0.35, 0.6}, {0.5, 0.2}, {0.25, 0.02}, {0.7, 0.12}},  // s
  }};
  return kLetters;
}

/// Ink of the curves, 0 to 255, in an area of the page; both in px.
cv::Mat draw_ink(const std::vector<Stroke>& curves, cv::Rect area, const Pen& pen, double width,
                 Random& random) {
  constexpr int kFine = 4, kShift = 4;  // drawn four times as large, in sixteenths of a pixel
  constexpr int kUnit = kFine * (1 << kShift);
  cv::Mat fine(area.size() * kFine, CV_8U, cv::Scalar(0)), ink;
  const double beat = random.uniform(0.02, 0.05), phase = random.uniform(0, kTwoPi);
  const auto place = [&](cv::Point2d p) {
    return cv::Point(cvRound((p.x - area.x + 0.5) * kUnit), cvRound((p.y - area.y + 0.5) * kUnit));
  };
  for (const auto& curve : curves)
    for (std::size_t i = 1; i < curve.size(); ++i) {
      const double part = static_cast<double>(i) / static_cast<double>(curve.size());
      const double press =
          pen.even ? 1
                   : 0.85 + 0.2 * std::sin(phase + beat * kTwoPi * static_cast<double>(i)) -
                         0.35 * part * part * part;
      const cv::Scalar cover(pen.even ? 255 : 185 + 70 * press);
      cv::line(fine, place(curve[i - 1]), place(curve[i]), cover,
               std::max(1, cvRound(width * press * kFine)), cv::LINE_AA, kShift);
    }
  cv::resize(fine, ink, area.size(), 0, 0, cv::INTER_AREA);
  return ink;
}

}  // namespace

std::vector<Stroke> ring(Random& random, double width, double height) {
  const double start = random.uniform(-2.4, -0.8), turns = random.uniform(1.05, 1.35),
               direction = random.bernoulli(0.7) ? -1 : 1;
  const double drift = random.uniform(-0.1, 0.14), lean = random.uniform(-0.15, 0.15);
  Stroke stroke;
  constexpr int kPoints = 22;
  for (int i = 0; i <= kPoints; ++i) {
    const double part = static_cast<double>(i) / kPoints,
                 angle = start + direction * kTwoPi * turns * part,
                 radius = 1 + drift * part + random.normal(0, 0.012);
    const double x = width / 2 * radius * std::cos(angle),
                 y = height / 2 * radius * std::sin(angle);
    stroke.emplace_back(x - lean * y, y);
  }
  return {stroke};
}

std::vector<Stroke> arrow(Random& random, cv::Point2d from, cv::Point2d to) {
  const auto along = to - from;
  const double length = cv::norm(along), bend = random.uniform(-0.12, 0.12),
               head = std::min(0.35 * length, 3.5) * random.uniform(0.8, 1.2);
  const cv::Point2d side(-along.y, along.x);
  Stroke shaft = {from, from + along * 0.33 + side * bend,
                  from + along * 0.68 + side * (0.8 * bend), to};
  const double back = std::atan2(along.y, along.x) + std::numbers::pi - bend;
  const auto barb = [&](double spread) {
    return to + cv::Point2d(std::cos(back + spread), std::sin(back + spread)) * head;
  };
  const auto left = barb(random.uniform(0.35, 0.6)), right = barb(-random.uniform(0.35, 0.6));
  const Stroke one = {left, (left + to) * 0.5 + jitter(random, 0.03 * head),
                      to + jitter(random, 0.05 * head)};
  const Stroke other = {to + jitter(random, 0.05 * head),
                        (right + to) * 0.5 + jitter(random, 0.03 * head), right};
  return {shaft, one, other};
}

std::vector<Stroke> tick(Random& random) {
  const auto j = [&] { return jitter(random, 0.05); };
  return {{cv::Point2d(-0.45, -0.05) + j(), cv::Point2d(-0.3, 0.2) + j(),
           cv::Point2d(-0.12, 0.48) + j(), cv::Point2d(0.12, -0.05) + j(),
           cv::Point2d(0.55, -0.7) + j()}};
}

std::vector<Stroke> cross(Random& random) {
  const auto j = [&] { return jitter(random, 0.07); };
  return {{cv::Point2d(-0.5, -0.5) + j(), j(), cv::Point2d(0.5, 0.5) + j()},
          {cv::Point2d(0.5, -0.5) + j(), j(), cv::Point2d(-0.5, 0.5) + j()}};
}

std::vector<Stroke> line(Random& random, double length) {
  const double slope = random.normal(0, 0.02), bow = random.normal(0, 0.015);
  Stroke stroke;
  for (int i = 0; i <= 6; ++i) {
    const double x = length * (i / 6.0 - 0.5), t = i / 3.0 - 1;
    stroke.emplace_back(x, slope * x + bow * length * t * t + random.normal(0, 0.1));
  }
  return {stroke};
}

std::vector<Stroke> word(Random& random, int count) {
  const double slant = random.uniform(0.05, 0.45), narrow = random.uniform(0.9, 1.25),
               climb = random.normal(0, 0.03), haste = random.uniform(0.02, 0.09);
  Stroke joined;
  std::vector<Stroke> strokes;
  double x = 0;
  for (int i = 0; i < count; ++i) {
    const auto& letter = letters()[random.uniform_int(letters().size())];
    const double size = i == 0 ? random.uniform(1.2, 1.9) : random.uniform(0.8, 1.1);
    for (const auto& point : letter) {
      const double px = x + size * narrow * point.x, py = size * point.y;
      joined.push_back(cv::Point2d(px + slant * py, -py + climb * px) + jitter(random, haste));
    }
    x += narrow * size * letter.back().x + 0.05;
    if (random.bernoulli(0.18))
      strokes.push_back(std::exchange(joined, {})), x += 0.15;  // the pen is lifted
  }
  if (!joined.empty()) strokes.push_back(joined);
  return strokes;
}

void draw_strokes(const std::vector<Stroke>& strokes, cv::Point2d at, double size, const Pen& pen,
                  Random& random, double px_per_mm, cv::Mat& page) {
  std::vector<Stroke> curves;
  cv::Point2d low(1e9, 1e9), high(-1e9, -1e9);
  for (const auto& stroke : strokes) {
    curves.push_back(smooth(stroke));
    for (auto& point : curves.back()) {
      point = (point * size + at) * px_per_mm;
      low = {std::min(low.x, point.x), std::min(low.y, point.y)};
      high = {std::max(high.x, point.x), std::max(high.y, point.y)};
    }
  }
  const double room = 2 + pen.width * px_per_mm;
  const cv::Rect all(cv::Point(cvFloor(low.x - room), cvFloor(low.y - room)),
                     cv::Point(cvCeil(high.x + room), cvCeil(high.y + room)));
  const cv::Rect area = all & cv::Rect({0, 0}, page.size());
  if (area.empty()) return;
  const cv::Mat ink = draw_ink(curves, area, pen, pen.width * px_per_mm, random);
  for (int row = 0; row < area.height; ++row)
    for (int column = 0; column < area.width; ++column) {
      const double cover = pen.cover * ink.at<std::uint8_t>(row, column) / 255;
      if (cover == 0) continue;
      auto& pixel = page.at<cv::Vec3b>(area.y + row, area.x + column);
      for (int c = 0; c < 3; ++c)
        pixel[c] =
            cv::saturate_cast<std::uint8_t>(pixel[c] * (1 - cover * (1 - pen.colour[c] / 255)));
    }
}

}  // namespace ecg_lora::page::paper
