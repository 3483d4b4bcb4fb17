#include <algorithm>
#include <cmath>

#include "ecg_lora/base/two_pi.h"
#include "effects.h"

namespace ecg_lora::page::paper {
namespace {

/// 0 at and below -1, 1 at and above 1.
double soft_step(double t) {
  const double x = std::clamp(0.5 * (t + 1), 0.0, 1.0);
  return x * x * (3 - 2 * x);
}

/// What throws the shadow, in picture widths: a long straight thing with a rounded end (arm,
/// phone), or everything beyond a line (shelf, shoulder).
struct Caster {
  cv::Point2d end;        ///< of its axis, or a point of the line
  cv::Point2d direction;  ///< from the end outwards, or normal of the line
  double half_width = 0;  ///< 0: a line

  /// Distance to its outline, negative within.
  double outside(cv::Point2d place) const {
    const auto from = place - end;
    const double along = from.dot(direction);
    if (half_width == 0) return -along;
    return cv::norm(from - direction * std::max(0.0, along)) - half_width;
  }
};

Caster draw_caster(Draw& draw, double aspect) {
  const int kind = draw.count("kind", 0, 2);  // 0 a line, 1 an arm, 2 arm and hand
  const double angle = draw.between("degrees", 0, 360) * kTwoPi / 360;
  Caster caster;
  caster.direction = {std::cos(angle), std::sin(angle)};
  const cv::Point2d middle(0.5, 0.5 / aspect);
  const double reach = draw.between("reach", kind == 0 ? 0.0 : -0.12, kind == 0 ? 0.32 : 0.3);
  const cv::Point2d aside(-caster.direction.y, caster.direction.x);
  caster.end = middle + caster.direction * reach + aside * draw.between("aside", -0.25, 0.25);
  if (kind > 0) caster.half_width = draw.between("half_width", 0.05, kind == 1 ? 0.11 : 0.2);
  return caster;
}

/// RGB of a black body (a fit by Tanner Helland to the CIE 1964 table), green 1.
cv::Vec3d black_body(double kelvin) {
  const double t = kelvin / 100;
  const double red = t <= 66 ? 255 : 329.698727446 * std::pow(t - 60, -0.1332047592);
  const double green = t <= 66 ? 99.4708025861 * std::log(t) - 161.1195681661
                               : 288.1221695283 * std::pow(t - 60, -0.0755148492);
  const double blue = t >= 66   ? 255
                      : t <= 19 ? 0
                                : 138.5177312231 * std::log(t - 10) - 305.0447927307;
  return {std::clamp(red, 0.0, 255.0) / green, 1, std::clamp(blue, 0.0, 255.0) / green};
}

}  // namespace

void cast_shadow(Draw& draw, Tone& tone) {
  const double strength = draw.strength(), width = tone.lattice().picture.width;
  const auto caster = draw_caster(draw, width / tone.lattice().picture.height);
  const double depth = draw.between("depth", 0.2 * strength, 0.62 * strength);
  const double near = draw.between("penumbra", 0.008, 0.06),
               wider = draw.between("penumbra_growth", 0, 0.12),
               bumps = draw.between("bumps", 0.004, 0.03);
  const auto noise = smooth_noise(draw.texture("outline"), tone.lattice().nodes(), 7, 5);
  const cv::Vec3d tint(1.04, 1, 0.93);  // the sky still lights a shadow
  int node = 0;
  tone.each([&](int x, int y, cv::Vec3f& gain, cv::Vec3f&) {
    const cv::Point2d place(x / width, y / width);
    const double bump =
        bumps * static_cast<double>(noise.at<float>(node / noise.cols, node % noise.cols));
    ++node;
    const double penumbra = near + wider * std::min(1.0, cv::norm(place - caster.end));
    const double dark = depth * soft_step(-(caster.outside(place) + bump) / penumbra);
    for (int c = 0; c < 3; ++c) gain[c] *= static_cast<float>(1 - dark * tint[c]);
  });
}

void light_unevenly(Draw& draw, Tone& tone) {
  const double strength = draw.strength(), width = tone.lattice().picture.width,
               height = tone.lattice().picture.height;
  const double angle = draw.between("degrees", 0, 360) * kTwoPi / 360,
               slope = draw.between("slope", 0.1 * strength, 0.45 * strength);
  const double corners = draw.between("dark_corners", 0, 0.35 * strength),
               lamp = draw.between("lamp", 0, 0.3 * strength);
  const cv::Point2d at{draw.between("lamp_x", 0.1, 0.9), draw.between("lamp_y", 0.1, 0.9)};
  const double spread = draw.between("lamp_radius", 0.15, 0.4);
  const double exposure = draw.between("exposure", 1 - 0.2 * strength, 1 + 0.04 * strength);
  tone.each([&](int x, int y, cv::Vec3f& gain, cv::Vec3f&) {
    const cv::Point2d place(x / width - 0.5, y / height - 0.5);
    const double away = (place.x - at.x + 0.5) * (place.x - at.x + 0.5) +
                        (place.y - at.y + 0.5) * (place.y - at.y + 0.5);
    const double falls = 1 + slope * (place.x * std::cos(angle) + place.y * std::sin(angle) - 0.4) -
                         2 * corners * place.dot(place);
    const double light = exposure * falls + lamp * (std::exp(-away / (2 * spread * spread)) - 0.4);
    gain *= std::clamp(light, 0.15, 1.3);
  });
}

void set_colour_temperature(Draw& draw, Tone& tone) {
  const double strength = draw.strength();
  // Even steps in reciprocal temperature look even: 154 MK^-1 is 6500 K, 333 is 3000 K, 91 is 11000
  // K.
  const bool warm = draw.count("warm", 0, 1) == 1;
  const double mired = warm ? draw.between("mired", 154 + 40 * strength, 154 + 180 * strength)
                            : draw.between("mired", 154 - 63 * strength, 154 - 20 * strength);
  // A camera takes back most of it.
  const double kept = draw.between("kept", 0.25, 0.6);
  auto colour = black_body(1e6 / mired), white = black_body(6500);
  for (int c = 0; c < 3; ++c) colour[c] = std::pow(colour[c] / white[c], kept);
  colour *= 1 / std::max({colour[0], colour[1], colour[2]});
  draw.note("gains", {colour[0], colour[1], colour[2]});
  tone.each([&](int, int, cv::Vec3f& gain, cv::Vec3f& offset) {
    for (int c = 0; c < 3; ++c)
      gain[c] *= static_cast<float>(colour[c]), offset[c] *= static_cast<float>(colour[c]);
  });
}

}  // namespace ecg_lora::page::paper
