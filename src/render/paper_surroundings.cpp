// What lies around the sheet, and what a scanner adds at its edges.
#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "paper_effects.h"

namespace ecg_lora::render::paper {
namespace {

constexpr int kCoarse = 4;  ///< px: what is out of focus needs no more

cv::Size coarse(cv::Size size) {
  return {(size.width + kCoarse - 1) / kCoarse, (size.height + kCoarse - 1) / kCoarse};
}

/// A table: one colour, grain along one direction, and the sheet's contact shadow.
cv::Mat draw_table(Draw& draw, const Warp& warp, cv::Size size, double px_per_mm) {
  static constexpr std::array<std::array<double, 3>, 7> kColours = {{{128, 88, 55}, {168, 130, 92}, {92, 62, 44}, {198, 196, 190}, {120, 124, 128}, {58, 66, 78}, {206, 184, 150}}};
  const auto colour = static_cast<std::size_t>(draw.count("table", 0, static_cast<int>(kColours.size()) - 1));
  const bool wood = colour < 3 || colour == 6;
  const auto grain = draw.texture("table_texture");
  const double wide = wood ? 4 : 60, narrow = wood ? 90 : 60, depth = wood ? 0.16 : 0.05;
  const auto fine = smooth_noise(grain, size, wide, narrow), broad = smooth_noise(grain, size, 3, wood ? 12 : 3);
  cv::Mat covered(size, CV_8U, cv::Scalar(0)), shade;
  std::vector<cv::Point> outline;
  for (const auto& corner : warp.corners()) outline.emplace_back(cvRound(corner.x / kCoarse), cvRound(corner.y / kCoarse));
  cv::fillConvexPoly(covered, outline, cv::Scalar(150), cv::LINE_AA);
  cv::GaussianBlur(covered, shade, {}, std::max(0.5, 2.5 * px_per_mm / kCoarse));
  cv::Mat table(size, CV_8UC3);
  for (int row = 0; row < size.height; ++row)
    for (int column = 0; column < size.width; ++column) {
      const double light = (1 + depth * static_cast<double>(fine.at<float>(row, column)) + 0.1 * static_cast<double>(broad.at<float>(row, column))) * (1 - shade.at<std::uint8_t>(row, column) / 255.0);
      for (int c = 0; c < 3; ++c) table.at<cv::Vec3b>(row, column)[c] = cv::saturate_cast<std::uint8_t>(kColours[colour][static_cast<std::size_t>(c)] * light);
    }
  return table;
}

/// Fills the picture where the flat page is more than a few pixels away.
bool covers(const Warp& warp, cv::Size size) {
  const auto back = warp.homography().inv();
  for (const auto& corner : {cv::Point2d(0, 0), cv::Point2d(size.width - 1, 0), cv::Point2d(size.width - 1, size.height - 1), cv::Point2d(0, size.height - 1)}) {
    const auto at = transform(back, corner);
    if (at.x < 0 || at.y < 0 || at.x > size.width - 1 || at.y > size.height - 1) return false;
  }
  return true;
}

struct Band {
  int side = 0;  ///< left, top, right, bottom
  double width = 2, depth = 0.5;
};

/// Light at `away` mm from the edge: dark at the very edge, with a soft end.
float band_light(const Band& band, double away) {
  const double t = away / band.width;
  return static_cast<float>(1 - band.depth * std::exp(-t * t));
}

void darken(const Band& band, double px_per_mm, cv::Mat& picture) {
  const bool upright = band.side % 2 == 0, far = band.side >= 2;
  const int limit = upright ? picture.cols : picture.rows, reach = std::min(limit, cvCeil(2.5 * band.width * px_per_mm));
  for (int i = 0; i < reach; ++i) {
    const int at = far ? limit - 1 - i : i;
    cv::Mat line = upright ? picture.col(at) : picture.row(at);
    line.convertTo(line, -1, static_cast<double>(band_light(band, i / px_per_mm)));
  }
}

}  // namespace

void draw_surroundings(const Surroundings& around, const Warp& warp, double px_per_mm, cv::Mat& picture) {
  double lid = 255;
  if (around.lid != nullptr) lid = around.lid->count("dark_lid", 0, 2) == 0 ? around.lid->between("lid_grey", 20, 70) : around.lid->between("lid_grey", 205, 250);
  const bool hidden = covers(warp, picture.size());
  if (around.screen != nullptr) {
    picture.setTo(cv::Scalar(17, 17, 19));
  } else if (around.table != nullptr) {
    const auto table = draw_table(*around.table, warp, coarse(picture.size()), px_per_mm);
    if (!hidden) cv::resize(table, picture, picture.size(), 0, 0, cv::INTER_LINEAR);
  } else {
    picture.setTo(cv::Scalar::all(lid));
  }
}

void scan_edges(Draw& draw, double px_per_mm, cv::Mat& picture) {
  const double strength = draw.strength();
  const int bands = draw.count("band_count", 1, 1 + cvRound(2 * strength));
  for (int i = 0; i < bands; ++i) {
    draw.next_item("bands");
    const Band band{draw.count("side", 0, 3), draw.between("width_mm", 0.5, 1 + 4 * strength), draw.between("depth", 0.3 * strength, 0.95 * strength)};
    darken(band, px_per_mm, picture);
  }
  const int streaks = draw.count("streak_count", 0, cvRound(3 * strength));
  for (int i = 0; i < streaks; ++i) {
    draw.next_item("streaks");
    const int at = std::min(picture.cols - 1, static_cast<int>(draw.between("x", 0, 1) * picture.cols));
    auto line = picture.col(at);
    line.convertTo(line, -1, 1 - draw.between("depth", 0.04, 0.25 * strength + 0.04));
  }
  draw.end_items();
}

}  // namespace ecg_lora::render::paper
