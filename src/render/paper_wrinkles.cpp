#include <algorithm>
#include <cmath>
#include <numbers>

#include "paper_folds.h"

namespace ecg_lora::render::paper {
namespace {

constexpr double kTau = 2 * std::numbers::pi;

/// From -1 before the fold to 1 behind it, and how much of the fold is left at this place along it.
struct Side {
  double side, left;
};

Side side_of(const Facet& facet, cv::Point2d place) {
  const auto from = place - facet.middle;
  const double t = std::clamp(from.dot(facet.normal) / facet.width, -1.0, 1.0);
  const double along = (facet.normal.x * from.y - facet.normal.y * from.x) / facet.length, away = from.dot(facet.normal) / (1.2 * facet.length);
  const double fade = 1 / (1 + along * along + away * away);
  return {t * (1.5 - 0.5 * t * t), fade * fade * facet.weight};
}

}  // namespace

Wrinkles draw_wrinkles(Draw& draw, double width_mm, double height_mm) {
  const double strength = draw.strength();
  Wrinkles wrinkles;
  wrinkles.shift = draw.between("shift_mm", 0.06 * strength, 0.14 * strength);
  wrinkles.shade = draw.between("shade", 0.07 * strength, 0.16 * strength);
  const double light = draw.between("light_degrees", 0, 360) * kTau / 360;
  wrinkles.light = {std::cos(light), std::sin(light)};
  wrinkles.wave = draw.between("wave_mm", 0.1 * strength, 0.6 * strength);
  wrinkles.wave_length = draw.between("wave_length_mm", 70, 160);
  wrinkles.wave_x = draw.between("wave_phase_x", 0, kTau);
  wrinkles.wave_y = draw.between("wave_phase_y", 0, kTau);
  const int count = draw.count("count", 4 + cvRound(6 * strength), 6 + cvRound(22 * strength));
  for (int i = 0; i < count; ++i) {
    draw.next_item("facets");
    Facet facet;
    const double angle = draw.between("degrees", 0, 180) * kTau / 360;
    facet.normal = {std::cos(angle), std::sin(angle)};
    facet.middle = {draw.between("x_mm", 0, width_mm), draw.between("y_mm", 0, height_mm)};
    facet.width = draw.between("width_mm", 1.5, 5);
    facet.length = draw.between("length_mm", 15, 70);
    facet.weight = draw.either_sign("weight", 0.3, 1);
    wrinkles.facets.push_back(facet);
  }
  draw.end_items();
  return wrinkles;
}

cv::Point2d shift_of(const Wrinkles& wrinkles, cv::Point2d place) {
  const double step = kTau / wrinkles.wave_length;
  cv::Point2d shift(wrinkles.wave * std::sin(step * place.y + wrinkles.wave_x), wrinkles.wave * std::sin(step * place.x + wrinkles.wave_y));
  for (const auto& facet : wrinkles.facets) {
    const auto [side, left] = side_of(facet, place);
    shift += facet.normal * (wrinkles.shift * side * left);
  }
  return shift;
}

void shade(const Wrinkles& wrinkles, double px_per_mm, Tone& tone) {
  tone.each([&](int x, int y, cv::Vec3f& gain, cv::Vec3f& offset) {
    double light = 1;
    for (const auto& facet : wrinkles.facets) {
      const auto [side, left] = side_of(facet, {x / px_per_mm, y / px_per_mm});
      light += wrinkles.shade * left * (side * facet.normal.dot(wrinkles.light) - 0.35 * (1 - side * side));  // the fold itself lies in the dark
    }
    const double bounded = std::clamp(light, 0.45, 1.15);
    gain *= bounded, offset *= bounded;
  });
}

}  // namespace ecg_lora::render::paper
