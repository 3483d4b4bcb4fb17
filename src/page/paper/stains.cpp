// Age and accidents: fading, stains.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "ecg_lora/base/two_pi.h"
#include "effects.h"

namespace ecg_lora::page::paper {
namespace {

constexpr int kAngles = 720;

/// A spot whose outline wobbles: radius and weight of the rim by angle.
struct Spot {
  cv::Point2d middle;        ///< mm
  double radius = 10;        ///< mm, mean
  double rim = 0, fill = 0;  ///< share of light that the rim and the inside take
  double rim_width = 1;      ///< mm
  double roughness = 0.1;    ///< of the outline, mm of fine ripples
  std::array<float, kAngles> outline{}, weight{};
};

void draw_outline(Random random, double wobble, double gaps, Spot& spot) {
  std::array<double, 12> size{}, phase{}, gate{};
  for (std::size_t k = 1; k < size.size(); ++k) {
    size[k] = random.normal() * wobble / static_cast<double>(k);
    phase[k] = random.uniform(0, kTwoPi);
    gate[k] = random.uniform(0, kTwoPi);
  }
  for (int i = 0; i < kAngles; ++i) {
    const double angle = kTwoPi * i / kAngles;
    double outline = 1, weight = 1;
    for (std::size_t k = 2; k < size.size(); ++k) {
      outline += size[k] * std::cos(static_cast<double>(k) * angle + phase[k]);
      weight += gaps * std::cos(static_cast<double>(k - 1) * angle + gate[k]) /
                std::sqrt(static_cast<double>(k));
    }
    spot.outline[static_cast<std::size_t>(i)] = static_cast<float>(std::max(0.3, outline));
    spot.weight[static_cast<std::size_t>(i)] = static_cast<float>(std::clamp(weight, 0.0, 1.6));
  }
}

/// Light that a place of the spot takes: steep outside the rim, with a long tail inside, as a drop
/// dries.
double absorbed(const Spot& spot, double x, double y, double ripple, double grain) {
  const double angle = std::atan2(y, x) + std::numbers::pi;
  const auto i = static_cast<std::size_t>(std::min(angle / kTwoPi * kAngles, kAngles - 1.0));
  const double beyond = std::hypot(x, y) - spot.radius * static_cast<double>(spot.outline[i]) +
                        spot.roughness * ripple;
  const double width = beyond > 0 ? 0.35 * spot.rim_width : spot.rim_width;
  const double rim = std::exp(-beyond * beyond / (2 * width * width));
  const double inside =
      1 / (1 + std::exp(std::clamp(beyond / (0.3 * spot.rim_width), -30.0, 30.0)));
  return (spot.rim * static_cast<double>(spot.weight[i]) * rim + spot.fill * inside) *
         (1 + 0.45 * grain);
}

void soak(const Spot& spot, Random texture, double px_per_mm, cv::Mat& page) {
  const double reach = 1.8 * spot.radius + 4 * spot.rim_width;
  const auto corner = [&](double sign) {
    return cv::Point(cvRound((spot.middle.x + sign * reach) * px_per_mm),
                     cvRound((spot.middle.y + sign * reach) * px_per_mm));
  };
  const cv::Rect area = cv::Rect(corner(-1), corner(1)) & cv::Rect({0, 0}, page.size());
  if (area.empty()) return;
  const auto ripples =
      smooth_noise(texture, area.size(), area.width / px_per_mm / 4, area.height / px_per_mm / 4);
  const auto grains =
      smooth_noise(texture, area.size(), area.width / px_per_mm / 6, area.height / px_per_mm / 6);
  const cv::Vec3d absorbs(0.38, 0.62, 1);  // coffee, tea, rust
  for (int row = 0; row < area.height; ++row)
    for (int column = 0; column < area.width; ++column) {
      const double x = (area.x + column) / px_per_mm - spot.middle.x,
                   y = (area.y + row) / px_per_mm - spot.middle.y;
      const double light = absorbed(spot, x, y, static_cast<double>(ripples.at<float>(row, column)),
                                    static_cast<double>(grains.at<float>(row, column)));
      if (light < 0.003) continue;
      auto& pixel = page.at<cv::Vec3b>(area.y + row, area.x + column);
      for (int c = 0; c < 3; ++c)
        pixel[c] = cv::saturate_cast<std::uint8_t>(pixel[c] * std::exp(-light * absorbs[c]));
    }
}

void spill(Draw& draw, bool ring, double width_mm, double height_mm, double px_per_mm,
           cv::Mat& page) {
  const double strength = draw.strength();
  Spot spot;
  draw.next_item(ring ? "rings" : "blots");
  spot.middle = {draw.between("x_mm", 0, width_mm), draw.between("y_mm", 0, height_mm)};
  spot.radius =
      ring ? draw.between("radius_mm", 28, 42) : draw.between("radius_mm", 4, 12 + 22 * strength);
  spot.rim = draw.between("rim", 0.15, 0.2 + 0.45 * strength);
  spot.fill = ring ? draw.between("fill", 0, 0.05 * strength)
                   : draw.between("fill", 0.05, 0.1 + 0.3 * strength);
  spot.rim_width =
      ring ? draw.between("rim_width_mm", 0.7, 2) : draw.between("rim_width_mm", 0.6, 2.2);
  spot.roughness = draw.between("roughness_mm", 0.2, ring ? 0.7 : 1.6);
  auto texture = draw.texture("texture");
  draw_outline(texture, ring ? 0.012 : 0.1, ring ? 0.5 : 0.25, spot);
  soak(spot, texture, px_per_mm, page);
}

/// Rust-brown dots of old paper.
void add_foxing(Draw& draw, double width_mm, double height_mm, double px_per_mm, cv::Mat& page) {
  const int spots = draw.count("foxing_spots", 0, cvRound(70 * draw.strength()));
  auto random = draw.texture("foxing_texture");
  for (int i = 0; i < spots; ++i) {
    Spot spot;
    spot.middle = {random.uniform(0, width_mm), random.uniform(0, height_mm)};
    const double size = random.uniform();
    spot.radius = 0.2 + 1.1 * size * size;
    spot.rim_width = 0.5 * spot.radius;
    spot.fill = random.uniform(0.08, 0.4);
    spot.roughness = 0.4 * spot.radius;
    draw_outline(random, 0.2, 0, spot);
    soak(spot, random, px_per_mm, page);
    random.bits();
  }
}

}  // namespace

void fade(Draw& draw, Tone& tone) {
  const double strength = draw.strength();
  const double ink = draw.between("ink_lost", 0.2 * strength, 0.6 * strength),
               patchy = draw.between("patchiness", 0.1, 0.4);
  const double yellow = draw.between("yellowed", 0.15 * strength, strength),
               edges = draw.between("browned_edges", 0, 0.35 * strength);
  const double edge_width = draw.between("edge_width", 0.03, 0.12);
  const auto patches = smooth_noise(draw.texture("patches"), tone.lattice().nodes(), 7, 5);
  const double width = tone.lattice().picture.width, height = tone.lattice().picture.height;
  const cv::Vec3d old(0.95, 0.875, 0.69), brown(0.35, 0.6, 1);
  int node = 0;
  tone.each([&](int x, int y, cv::Vec3f& gain, cv::Vec3f& offset) {
    const double patch =
        static_cast<double>(patches.at<float>(node / patches.cols, node % patches.cols));
    ++node;
    const double lost = std::clamp(ink * (1 + patchy * patch), 0.0, 0.85);
    const double edge =
        std::max(0.0, std::min({x / width, 1 - x / width, y / height, 1 - y / height})) /
        edge_width;
    const double burnt = edges * std::exp(-edge * (1 + 0.4 * patch));
    for (int c = 0; c < 3; ++c) {
      const auto paper = static_cast<float>((1 - yellow * (1 - old[c]) * (1 + 0.15 * patch)) *
                                            (1 - burnt * brown[c]));
      gain[c] *= paper * static_cast<float>(1 - lost);
      offset[c] = paper * static_cast<float>(offset[c] * (1 - lost) + 245 * lost);
    }
  });
}

void stain(Draw& draw, double px_per_mm, cv::Mat& page) {
  const double width = page.cols / px_per_mm, height = page.rows / px_per_mm,
               strength = draw.strength();
  const int rings = draw.count("ring_count", 0, 1 + cvRound(strength)),
            blots = draw.count("blot_count", rings == 0 ? 1 : 0, 1 + cvRound(4 * strength));
  for (int i = 0; i < rings; ++i) spill(draw, true, width, height, px_per_mm, page);
  for (int i = 0; i < blots; ++i) spill(draw, false, width, height, px_per_mm, page);
  draw.end_items();
  add_foxing(draw, width, height, px_per_mm, page);
}

}  // namespace ecg_lora::page::paper
