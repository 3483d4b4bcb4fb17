// Pages to spoil, and where their ink lies.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "ecg_lora/page/paper/paper.h"
#include "ecg_lora/synthetic/heart/signal.h"

namespace ecg_lora::page::testing {

inline Page synthetic_page(std::uint64_t key = 1, double px_per_mm = 4) {
  Random random{7, key};
  PageConfig config;
  config.px_per_mm = px_per_mm;
  return draw_page(synthetic::synthesise(synthetic::Morphology{}, 10, 100, random), config);
}

inline PaperConfig only(PaperEffect effect, double strength) {
  PaperConfig config;
  config[effect] = strength;
  return config;
}

inline PaperConfig preset(const std::string& name) {
  PaperConfig config;
  config.preset = name;
  return config;
}

inline std::vector<PaperEffect> all_effects() {
  std::vector<PaperEffect> effects;
  for (std::size_t i = 0; i < kPaperEffects; ++i) effects.push_back(static_cast<PaperEffect>(i));
  return effects;
}

inline bool inside(const Image& image, Point at, float rim = 0) {
  return at.x >= rim && at.y >= rim && at.x <= static_cast<float>(image.width - 1) - rim &&
         at.y <= static_cast<float>(image.height - 1) - rim;
}

inline double distance(Point a, Point b) {
  return static_cast<double>(std::hypot(a.x - b.x, a.y - b.y));
}

inline double channel(const Image& image, int x, int y, int c) {
  return image.rgb[(static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                    static_cast<std::size_t>(x)) *
                       3 +
                   static_cast<std::size_t>(c)];
}

/// Red at any place, bilinear: the grid is nearly as bright in it as the paper.
inline double red(const Image& image, double x, double y) {
  const int left = std::clamp(static_cast<int>(std::floor(x)), 0, image.width - 2),
            top = std::clamp(static_cast<int>(std::floor(y)), 0, image.height - 2);
  const double fx = x - left, fy = y - top;
  const auto row = [&](int y0) {
    return channel(image, left, y0, 0) * (1 - fx) + channel(image, left + 1, y0, 0) * fx;
  };
  return row(top) * (1 - fy) + row(top + 1) * fy;
}

/// A line of ink as seen across it.
struct Crossing {
  double depth = 0;   ///< how much darker than the paper around, of the paper's brightness
  double offset = 0;  ///< px from the place asked for to the middle of the ink
};

/// Looks 3 px to either side of `at`, across a line of direction `along`.
inline Crossing look_across(const Image& image, Point at, Point along) {
  constexpr int kSteps = 12;
  const double length = std::hypot(along.x, along.y), nx = -static_cast<double>(along.y) / length,
               ny = static_cast<double>(along.x) / length;
  std::vector<double> profile;
  for (int i = -kSteps; i <= kSteps; ++i)
    profile.push_back(
        red(image, static_cast<double>(at.x) + nx * i / 4, static_cast<double>(at.y) + ny * i / 4));
  const double paper = 0.5 * (std::max(profile[0], profile[1]) +
                              std::max(profile[2 * kSteps], profile[2 * kSteps - 1]));
  const double ink = *std::min_element(profile.begin(), profile.end());
  double weight = 0, sum = 0;
  for (int i = -kSteps; i <= kSteps; ++i) {
    const double dark =
        std::max(0.0, paper - 0.4 * (paper - ink) - profile[static_cast<std::size_t>(i + kSteps)]);
    weight += dark, sum += dark * i / 4;
  }
  return {paper > 0 ? (paper - ink) / paper : 0, weight > 0 ? sum / weight : 99};
}

/// How well points lie on ink.
struct Fit {
  std::size_t points = 0;
  double on_ink = 0;   ///< share of points with ink within 1 px across the trace
  double typical = 0;  ///< median distance from the middle of the ink, px
};

/// Holds points of `truth` against `image` where the trace runs straight for three samples. Of
/// those, with `moved_from`, only the ones that moved by more than 1.5 px across the trace.
inline Fit fit(const Image& image, const std::vector<Trace>& truth,
               const std::vector<Trace>* moved_from = nullptr, bool at_old_place = false) {
  std::vector<double> offsets;
  std::size_t on_ink = 0;
  for (std::size_t t = 0; t < truth.size(); ++t)
    for (std::size_t i = 1; i + 1 < truth[t].points.size(); ++i) {
      const auto &before = truth[t].points[i - 1], &after = truth[t].points[i + 1];
      Point at = truth[t].points[i];
      const Point along{after.x - before.x, after.y - before.y},
          first{at.x - before.x, at.y - before.y};
      const double length = std::hypot(along.x, along.y),
                   bend = std::abs(first.x * along.y - first.y * along.x) / length;
      if (!inside(image, at, 5) || !(length > 0) || length > 8 || bend > 0.4) continue;
      if (moved_from != nullptr) {
        const auto& old = (*moved_from)[t].points[i];
        if (std::abs((at.x - old.x) * along.y - (at.y - old.y) * along.x) / length < 1.5) continue;
        if (at_old_place) at = old;
        if (!inside(image, at, 5)) continue;
      }
      const auto crossing = look_across(image, at, along);
      offsets.push_back(std::abs(crossing.offset));
      if (crossing.depth > 0.12 && std::abs(crossing.offset) <= 1) ++on_ink;
    }
  if (offsets.empty()) return {};
  std::nth_element(offsets.begin(),
                   offsets.begin() + static_cast<std::ptrdiff_t>(offsets.size() / 2),
                   offsets.end());
  return {offsets.size(), static_cast<double>(on_ink) / static_cast<double>(offsets.size()),
          offsets[offsets.size() / 2]};
}

}  // namespace ecg_lora::page::testing
