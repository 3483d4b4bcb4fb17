#include <algorithm>
#include <cmath>

#include "ecg_lora/base/two_pi.h"
#include "folds.h"

namespace ecg_lora::page::paper {
namespace {

/// One facet over one row of nodes, which `step` mm apart begin at `start`.
void press_row(const Wrinkles& wrinkles, const Facet& facet, cv::Point2d start, float step,
               int count, float* x, float* y, float* light) {
  const auto from = start - facet.middle;
  const auto before = static_cast<float>(from.dot(facet.normal)),
             before_step = step * static_cast<float>(facet.normal.x);
  const auto along =
      static_cast<float>((facet.normal.x * from.y - facet.normal.y * from.x) / facet.length);
  const auto along_step = -step * static_cast<float>(facet.normal.y / facet.length);
  const auto narrow = static_cast<float>(1 / facet.width),
             far = static_cast<float>(1 / (1.2 * facet.length)),
             weight = static_cast<float>(facet.weight);
  const auto shift_x = static_cast<float>(wrinkles.shift * facet.normal.x),
             shift_y = static_cast<float>(wrinkles.shift * facet.normal.y);
  const auto tilt = static_cast<float>(wrinkles.shade * facet.normal.dot(wrinkles.light)),
             valley = static_cast<float>(0.35 * wrinkles.shade);
  for (int i = 0; i < count; ++i) {
    const float t = before + before_step * static_cast<float>(i),
                a = along + along_step * static_cast<float>(i), away = t * far;
    const float edge = std::min(std::max(t * narrow, -1.0F), 1.0F),
                side = edge * (1.5F - 0.5F * edge * edge);
    const float fade = 1 / (1 + a * a + away * away),
                left = fade * fade * weight;  // the fold dies out in all directions
    x[i] += shift_x * side * left;
    y[i] += shift_y * side * left;
    light[i] +=
        left * (tilt * side - valley * (1 - side * side));  // the fold itself lies in the dark
  }
}

}  // namespace

Wrinkles draw_wrinkles(Draw& draw, double width_mm, double height_mm) {
  const double strength = draw.strength();
  Wrinkles wrinkles;
  wrinkles.shift = draw.between("shift_mm", 0.06 * strength, 0.14 * strength);
  wrinkles.shade = draw.between("shade", 0.07 * strength, 0.16 * strength);
  const double light = draw.between("light_degrees", 0, 360) * kTwoPi / 360;
  wrinkles.light = {std::cos(light), std::sin(light)};
  wrinkles.wave = draw.between("wave_mm", 0.1 * strength, 0.6 * strength);
  wrinkles.wave_length = draw.between("wave_length_mm", 70, 160);
  wrinkles.wave_x = draw.between("wave_phase_x", 0, kTwoPi);
  wrinkles.wave_y = draw.between("wave_phase_y", 0, kTwoPi);
  const int count = draw.count("count", 4 + cvRound(6 * strength), 6 + cvRound(22 * strength));
  for (int i = 0; i < count; ++i) {
    draw.next_item("facets");
    Facet facet;
    const double angle = draw.between("degrees", 0, 180) * kTwoPi / 360;
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

Relief::Relief(Lattice over)
    : lattice(over),
      x(over.nodes(), CV_32F, cv::Scalar(0)),
      y(over.nodes(), CV_32F, cv::Scalar(0)),
      light(over.nodes(), CV_32F, cv::Scalar(1)) {}

void press(const Wrinkles& wrinkles, double px_per_mm, Relief& relief) {
  const double step = relief.lattice.step / px_per_mm, turn = kTwoPi / wrinkles.wave_length;
  const int columns = relief.x.cols;
  std::vector<float> sway(static_cast<std::size_t>(columns));
  for (int i = 0; i < columns; ++i)
    sway[static_cast<std::size_t>(i)] =
        static_cast<float>(wrinkles.wave * std::sin(turn * i * step + wrinkles.wave_y));
  for (int row = 0; row < relief.x.rows; ++row) {
    auto *x = relief.x.ptr<float>(row), *y = relief.y.ptr<float>(row),
         *light = relief.light.ptr<float>(row);
    for (const auto& facet : wrinkles.facets)
      press_row(wrinkles, facet, {0, row * step}, static_cast<float>(step), columns, x, y, light);
    const auto swing =
        static_cast<float>(wrinkles.wave * std::sin(turn * row * step + wrinkles.wave_x));
    for (int i = 0; i < columns; ++i) {
      x[i] += swing, y[i] += sway[static_cast<std::size_t>(i)];
      light[i] = std::min(std::max(light[i], 0.45F), 1.15F);
    }
  }
}

}  // namespace ecg_lora::page::paper
