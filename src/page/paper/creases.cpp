#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "ecg_lora/base/two_pi.h"
#include "folds.h"

namespace ecg_lora::page::paper {
namespace {

/// How worn the fold is along its length, 0.3 to 1.
double wear(const Crease& crease, double along) {
  return 0.65 + 0.2 * std::sin(kTwoPi * along / (0.7 * crease.wave_length) + 2 * crease.phase) +
         0.15 * std::sin(kTwoPi * along / 9.7 + 5 * crease.phase);
}

void shade_pixel(const Crease& crease, double t, double wear, cv::Vec3b& pixel) {
  const double valley = std::exp(-t * t / (2 * 0.2 * 0.2)),
               ridge = std::exp(-(t - 0.5) * (t - 0.5) / (2 * 0.25 * 0.25));
  const double gain = 1 + wear * crease.dark * (0.5 * ridge - valley),
               worn = crease.worn * wear * valley;  // dark in the valley, a bright ridge next to it
  for (int c = 0; c < 3; ++c)
    pixel[c] =
        cv::saturate_cast<std::uint8_t>(gain * (pixel[c] + worn * std::max(0, 235 - pixel[c])));
}

void draw_line(const Crease& crease, double px_per_mm, cv::Mat& page) {
  constexpr double kReach = 1.5;  // mm
  const bool upright = std::abs(crease.normal.x) > std::abs(crease.normal.y);
  const double across = upright ? crease.normal.x : crease.normal.y,
               other = upright ? crease.normal.y : crease.normal.x;
  const int lines = upright ? page.rows : page.cols, limit = upright ? page.cols : page.rows;
  for (int line = 0; line < lines; ++line) {
    const double place = line / px_per_mm, straight = (crease.offset - other * place) / across;
    const double along =
        crease.along(upright ? cv::Point2d(straight, place) : cv::Point2d(place, straight));
    const double waves = crease.waves(along), middle = straight - waves / across,
                 worn = wear(crease, along);
    const int first = std::max(0, cvCeil((middle - kReach) * px_per_mm)),
              last = std::min(limit - 1, cvFloor((middle + kReach) * px_per_mm));
    for (int i = first; i <= last; ++i) {
      const cv::Point at = upright ? cv::Point(i, line) : cv::Point(line, i);
      shade_pixel(crease, (i / px_per_mm - middle) * across, worn, page.at<cv::Vec3b>(at));
    }
  }
}

}  // namespace

double Crease::waves(double along) const {
  return wave * std::sin(kTwoPi * along / wave_length + phase);
}

std::vector<Crease> draw_creases(Draw& draw, double width_mm, double height_mm) {
  const double strength = draw.strength();
  const int count = draw.count("count", 1, 1 + cvRound(3 * strength));
  std::vector<Crease> creases;
  for (int i = 0; i < count; ++i) {
    draw.next_item("creases");
    Crease crease;
    // Letters are folded in halves and thirds, along a side or nearly so.
    const int quarter_turns = draw.count("quarter_turns", 0, 1);
    const double angle = 90 * quarter_turns + draw.between("askew_degrees", -4, 4),
                 fold = draw.count("sixths", 1, 5) / 6.0;
    crease.normal = {std::cos(angle * kTwoPi / 360), std::sin(angle * kTwoPi / 360)};
    const cv::Point2d through(width_mm * fold, height_mm * fold);
    crease.offset = crease.normal.dot(through) + draw.between("offset_mm", -9, 9);
    crease.shift = draw.either_sign("shift_mm", 0.15 * strength, 0.45 * strength);
    crease.shift_width = draw.between("shift_width_mm", 2.5, 6);
    crease.wave = draw.between("wave_mm", 0.1, 0.5);
    crease.wave_length = draw.between("wave_length_mm", 50, 140);
    crease.phase = draw.between("phase", 0, kTwoPi);
    crease.dark = draw.between("dark", 0.15 * strength, 0.5 * strength);
    crease.worn = draw.between("worn", 0.1 * strength, 0.75 * strength);
    crease.tilt = draw.either_sign("tilt", 0.03 * strength, 0.16 * strength);
    creases.push_back(crease);
  }
  draw.end_items();
  return creases;
}

void press(const std::vector<Crease>& creases, double px_per_mm, Relief& relief) {
  constexpr double kFar = 30,
                   kShade = 5.5;  // mm: beyond, waves make no difference; half of the shade is left
  const double step = relief.lattice.step / px_per_mm;
  for (const auto& crease : creases)
    for (int row = 0; row < relief.x.rows; ++row)
      for (int column = 0; column < relief.x.cols; ++column) {
        const cv::Point2d place(column * step, row * step);
        double t = crease.straight(place);
        const bool near = std::abs(t) < kFar;
        if (near) t += crease.waves(crease.along(place));
        const double away = t / kShade, steps = t / crease.shift_width;
        relief.light.at<float>(row, column) *=
            static_cast<float>(1 + crease.tilt * std::clamp(t, -1.0, 1.0) / (1 + away * away));
        if (!near) continue;
        const double shift = crease.shift * steps * std::exp(0.5 - steps * steps / 2);
        relief.x.at<float>(row, column) += static_cast<float>(shift * crease.normal.x);
        relief.y.at<float>(row, column) += static_cast<float>(shift * crease.normal.y);
      }
}

void draw_lines(const std::vector<Crease>& creases, double px_per_mm, cv::Mat& page) {
  for (const auto& crease : creases) draw_line(crease, px_per_mm, page);
}

}  // namespace ecg_lora::page::paper
