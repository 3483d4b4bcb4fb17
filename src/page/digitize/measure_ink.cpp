#include <algorithm>
#include <array>
#include <cmath>

#include "ecg_lora/page/digitize/digitize.h"
#include "ecg_lora/page/render/layout.h"
#include "ecg_lora/page/render/print_sizes.h"
#include "ink_columns.h"

namespace ecg_lora::page {
namespace {

constexpr double kProfileReach = 3, kFarthest = 1.5, kFine = 0.1,
                 kCoarse = 0.5;  ///< px: profile, largest shift, steps of the two profiles
constexpr int kCell = 4;         ///< px, of the map of who draws where

/// Which places more than one trace, or a trace and a label, come near to.
class Crowd {
 public:
  Crowd(const Page& page, double scale)
      : columns_(page.image.width / kCell + 3),
        owner_(static_cast<std::size_t>(columns_) *
               static_cast<std::size_t>(page.image.height / kCell + 3)) {
    constexpr int label = 1 << 20;
    for (const auto& box : page.boxes) {
      const double left = box.x + 2 * scale, base = box.y + 3.5 * scale;
      for (double x = left; x < left + text_width(box.label, scale) + kCell; x += kCell)
        for (double y = base - 3 * scale; y < base + scale; y += kCell) claim(x, y, label);
    }
    for (const auto& trace : page.traces)
      for (std::size_t i = 1; i < trace.points.size(); ++i)
        claim_line(trace.points[i - 1], trace.points[i], static_cast<int>(trace.box) + 1);
  }
  bool alone(const Point& point, std::size_t box) const {
    for (int dy = -1; dy <= 1; ++dy)
      for (int dx = -1; dx <= 1; ++dx) {
        const auto* owner = find(point.x + dx * kCell, point.y + dy * kCell);
        if (owner != nullptr && *owner != 0 && *owner != static_cast<int>(box) + 1) return false;
      }
    return true;
  }

 private:
  const int* find(double x, double y) const {
    if (!(x >= 0 && y >= 0) || x / kCell >= columns_) return nullptr;
    const auto at = static_cast<std::size_t>(y / kCell) * static_cast<std::size_t>(columns_) +
                    static_cast<std::size_t>(x / kCell);
    return at < owner_.size() ? &owner_[at] : nullptr;
  }
  void claim(double x, double y, int who) {
    if (auto* owner = const_cast<int*>(find(x, y)))
      *owner = *owner == 0 || *owner == who ? who : -1;
  }
  void claim_line(const Point& a, const Point& b, int who) {
    if (std::isnan(a.y) || std::isnan(b.y)) return;
    const int steps = 1 + static_cast<int>(std::min(1e4F, std::hypot(b.x - a.x, b.y - a.y)));
    for (int i = 0; i <= steps; ++i) {
      const float part = static_cast<float>(i) / static_cast<float>(steps);
      claim(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part, who);
    }
  }

  int columns_;
  std::vector<int> owner_;
};

double distance_to(const Point& a, const Point& b, double x, double y) {
  const double dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
  const double along =
      square > 0 ? std::clamp(((x - a.x) * dx + (y - a.y) * dy) / square, 0.0, 1.0) : 0;
  return std::hypot(x - a.x - along * dx, y - a.y - along * dy);
}

/// A place on a trace, and the direction across it there.
struct Cut {
  double x, y, across_x, across_y;
};

/// The direction is that between places a pixel to the left and to the right: dense samples of
/// noise have none of their own.
Cut cut_at(const std::vector<Point>& points, std::size_t i) {
  const auto far = [&](std::size_t j) { return std::abs(points[j].x - points[i].x) >= 1; };
  std::size_t before = i, after = i;
  while (before > 0 && !std::isnan(points[before - 1].y) && !far(before)) --before;
  while (after + 1 < points.size() && !std::isnan(points[after + 1].y) && !far(after)) ++after;
  const double dx = points[after].x - points[before].x, dy = points[after].y - points[before].y,
               length = std::hypot(dx, dy);
  if (length == 0) return {points[i].x, points[i].y, 0, 1};
  return {points[i].x, points[i].y, -dy / length, dx / length};
}

constexpr int kFineCount = static_cast<int>(2 * (kProfileReach + kFarthest) / kFine) + 1;

/// How black a pen of this width leaves the cut, by distance from the lines near it.
std::array<double, kFineCount> expected_profile(const std::vector<Point>& points, std::size_t i,
                                                const Cut& cut, double stroke) {
  std::array<double, kFineCount> profile{};
  const auto near = [&](std::size_t j) {
    return std::abs(points[j].x - points[i].x) <= kProfileReach + kFarthest + stroke;
  };
  std::size_t begin = i, end = i;
  while (begin > 0 && near(begin - 1)) --begin;
  while (end + 1 < points.size() && near(end + 1)) ++end;
  begin -= begin > 0, end += end + 1 < points.size();
  for (int k = 0; k < kFineCount; ++k) {
    const double t = k * kFine - kProfileReach - kFarthest, x = cut.x + t * cut.across_x,
                 y = cut.y + t * cut.across_y;
    double nearest = 1e9;
    for (auto j = begin; j < end; ++j)
      if (!std::isnan(points[j].y) && !std::isnan(points[j + 1].y))
        nearest = std::min(nearest, distance_to(points[j], points[j + 1], x, y));
    profile[static_cast<std::size_t>(k)] = std::clamp(stroke / 2 + 0.5 - nearest, 0.0, 1.0);
  }
  return profile;
}

/// The shift across the trace at which the ink fits what is expected best.
double shift_of(const InkMap& ink, const std::vector<Point>& points, std::size_t i, double stroke) {
  const auto cut = cut_at(points, i);
  const auto expected = expected_profile(points, i, cut, stroke);
  constexpr int count = static_cast<int>(2 * kProfileReach / kCoarse) + 1,
                shifts = static_cast<int>(2 * kFarthest / kFine) + 1, ratio = 5;  // of the steps
  std::array<double, count> seen{};
  for (int k = 0; k < count; ++k) {
    const double t = k * kCoarse - kProfileReach;
    seen[static_cast<std::size_t>(k)] =
        ink.between(cut.x + t * cut.across_x, cut.y + t * cut.across_y);
  }
  double best = -1, shift = kFarthest;
  for (int s = 0; s < shifts; ++s) {
    double product = 0, square = 0;
    for (int k = 0; k < count; ++k) {
      const auto value = expected[static_cast<std::size_t>(k * ratio + shifts - 1 - s)];
      product += seen[static_cast<std::size_t>(k)] * value, square += value * value;
    }
    const double fit = square > 0 ? product / std::sqrt(square) : 0, where = s * kFine - kFarthest;
    if (fit > best + 1e-9 || (fit > best - 1e-9 && std::abs(where) < std::abs(shift)))
      best = std::max(best, fit), shift = where;
  }
  return best > 0 ? std::abs(shift) : kFarthest;
}

}  // namespace

InkDistance measure_ink(const Page& page, const PageConfig& config) {
  const double scale = resolution(config);
  const InkMap ink(page.image, config);
  const Crowd crowd(page, scale);
  InkDistance result;
  for (const auto& trace : page.traces) {
    float last = -1;
    for (std::size_t i = 0; i < trace.points.size(); ++i) {
      const auto& point = trace.points[i];
      const bool inside =
          point.y >= kProfileReach &&
          point.y < static_cast<float>(page.image.height) - kProfileReach;  // false for NaN
      if (!inside || point.x - last < 0.5F) continue;
      last = point.x;
      if (!crowd.alone(point, trace.box)) {
        ++result.crowded;
        continue;
      }
      const double distance = shift_of(ink, trace.points, i, std::max(1.0, kStrokeMm * scale));
      ++result.compared;
      result.within_half += distance <= 0.5;
      result.mean += distance;
      result.worst = std::max(result.worst, distance);
    }
  }
  if (result.compared > 0) result.mean /= static_cast<double>(result.compared);
  return result;
}

}  // namespace ecg_lora::page
