#include "geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ecg_lora::page::paper {
namespace {

cv::Matx33d shifted(double x, double y) {
  return {1, 0, x, 0, 1, y, 0, 0, 1};
}

cv::Matx33d scaled(double factor) {
  return {factor, 0, 0, 0, factor, 0, 0, 0, 1};
}

double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

/// `map`, about the middle of the page.
cv::Matx33d about_middle(cv::Size page, const cv::Matx33d& map) {
  const double x = (page.width - 1) / 2.0, y = (page.height - 1) / 2.0;
  return shifted(x, y) * map * shifted(-x, -y);
}

cv::Matx33d turned(double degrees) {
  const double c = std::cos(radians(degrees)), s = std::sin(radians(degrees));
  return {c, -s, 0, s, c, 0, 0, 0, 1};
}

/// A pinhole camera that looks at the middle of a page tilted by `pitch` about its long axis and
/// `yaw` about the other. Lengths are page widths.
cv::Matx33d tilted(double pitch, double yaw, double distance, double width) {
  const double cp = std::cos(radians(pitch)), sp = std::sin(radians(pitch)),
               cy = std::cos(radians(yaw)), sy = std::sin(radians(yaw));
  const cv::Matx33d view(cy, sy * sp, 0, 0, cp, 0, -sy / distance, cy * sp / distance, 1);
  return scaled(width) * view * scaled(1 / width);
}

/// How much of the picture stays free around the sheet (a share of it on each side), and where in
/// that room the sheet lies, 0 to 1.
struct Room {
  double margin = 0, x = 0.5, y = 0.5;
};

/// Brings the sheet back into the picture, as large as fits.
void fit(const Room& room, cv::Size page, Warp& warp) {
  double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
  for (const auto& corner : warp.corners()) {
    left = std::min(left, corner.x), right = std::max(right, corner.x);
    top = std::min(top, corner.y), bottom = std::max(bottom, corner.y);
  }
  const double scale =
      (1 - 2 * room.margin) * std::min(page.width / (right - left), page.height / (bottom - top));
  const double free_x = page.width - scale * (right - left),
               free_y = page.height - scale * (bottom - top);
  warp.then(shifted(free_x * room.x - 0.5, free_y * room.y - 0.5) * scaled(scale) *
            shifted(-left, -top));
}

void add_crop(Draw& draw, cv::Size page, Warp& warp) {
  const double zoom =
      1 + draw.between("zoom_percent", 7 * draw.strength(), 25 * draw.strength()) / 100;
  const double x = draw.between("x", 0, 1) * (page.width - page.width / zoom),
               y = draw.between("y", 0, 1) * (page.height - page.height / zoom);
  warp.then(shifted(-0.5, -0.5) * scaled(zoom) * shifted(0.5 - x, 0.5 - y));
}

}  // namespace

void place_sheet(const Placement& placement, cv::Size page, Warp& warp) {
  Room room;
  double angle = 0;
  if (auto* draw = placement.rotation)
    angle += draw->either_sign("degrees", 2 * draw->strength(), 8 * draw->strength());
  if (auto* draw = placement.scan_edges) {
    angle += draw->either_sign("skew_degrees", 0.1 * draw->strength(), 1.2 * draw->strength());
    room.margin += draw->between("margin_percent", 0, 1.5 * draw->strength()) / 100;
    room.x = draw->between("x", 0, 1);
    room.y = draw->between("y", 0, 1);
  }
  if (angle != 0) warp.then(about_middle(page, turned(angle)));
  if (auto* draw = placement.perspective) {
    const double pitch =
        draw->either_sign("pitch_degrees", 5 * draw->strength(), 28 * draw->strength());
    const double yaw = draw->either_sign("yaw_degrees", 0, 24 * draw->strength());
    const double distance = draw->between("distance_page_widths", 1.2, 2.2);
    room.margin += draw->between("margin_percent", 0, 3) / 100;
    warp.then(about_middle(page, tilted(pitch, yaw, distance, page.width)));
  }
  if (!warp.keeps_frame()) fit(room, page, warp);
  if (placement.crop != nullptr) add_crop(*placement.crop, page, warp);
}

}  // namespace ecg_lora::page::paper
