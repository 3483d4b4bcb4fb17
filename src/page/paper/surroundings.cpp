// What lies around the sheet, and what a scanner adds at its edges.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <vector>

#include "effects.h"

namespace ecg_lora::page::paper {
namespace {

constexpr int kCoarse = 4;  ///< px: what is out of focus needs no more

cv::Size coarse(cv::Size size) {
  return {(size.width + kCoarse - 1) / kCoarse, (size.height + kCoarse - 1) / kCoarse};
}

constexpr double kColours[][3] = {{128, 88, 55},   {168, 130, 92},  {92, 62, 44}, {206, 184, 150},
                                  {198, 196, 190}, {120, 124, 128}, {58, 66, 78}};
constexpr int kWoods = 4;  ///< of these colours

struct Table {
  const double* colour;
  bool wood;
  Random texture;
};

Table choose_table(Draw& draw) {
  const int colour = draw.count("table", 0, static_cast<int>(std::size(kColours)) - 1);
  return {kColours[colour], colour < kWoods, draw.texture("table_texture")};
}

/// How much light the sheet takes from the table around it, of 255.
cv::Mat contact_shadow(const Warp& warp, cv::Size size, double px_per_mm) {
  cv::Mat shade(size, CV_8U, cv::Scalar(0));
  std::vector<cv::Point> outline;
  for (const auto& corner : warp.corners())
    outline.emplace_back(cvRound(corner.x / kCoarse), cvRound(corner.y / kCoarse));
  cv::fillConvexPoly(shade, outline, cv::Scalar(150), cv::LINE_AA);
  cv::GaussianBlur(shade, shade, {}, std::max(0.5, 2.5 * px_per_mm / kCoarse));
  return shade;
}

/// One colour, with grain along one direction if it is wood.
cv::Mat draw_table(const Table& look, const Warp& warp, cv::Size size, double px_per_mm) {
  const auto fine = smooth_noise(look.texture, size, look.wood ? 4 : 60, look.wood ? 90 : 60),
             broad = smooth_noise(look.texture, size, 3, look.wood ? 12 : 3);
  const auto shade = contact_shadow(warp, size, px_per_mm);
  cv::Mat table(size, CV_8UC3);
  for (int row = 0; row < size.height; ++row)
    for (int column = 0; column < size.width; ++column) {
      const float grain = 1 + (look.wood ? 0.11F : 0.05F) * fine.at<float>(row, column) +
                          0.1F * broad.at<float>(row, column);
      const float light =
          grain * (1 - static_cast<float>(shade.at<std::uint8_t>(row, column)) / 255);
      for (int c = 0; c < 3; ++c)
        table.at<cv::Vec3b>(row, column)[c] =
            cv::saturate_cast<std::uint8_t>(look.colour[c] * static_cast<double>(light));
    }
  return table;
}

/// No corner of the picture shows anything but the page.
bool covers(const Warp& warp, cv::Size size) {
  const auto back = warp.homography().inv();
  for (const auto& corner :
       {cv::Point2d(0, 0), cv::Point2d(size.width - 1, 0),
        cv::Point2d(size.width - 1, size.height - 1), cv::Point2d(0, size.height - 1)}) {
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
  const int limit = upright ? picture.cols : picture.rows,
            reach = std::min(limit, cvCeil(2.5 * band.width * px_per_mm));
  for (int i = 0; i < reach; ++i) {
    const int at = far ? limit - 1 - i : i;
    cv::Mat line = upright ? picture.col(at) : picture.row(at);
    line.convertTo(line, -1, static_cast<double>(band_light(band, i / px_per_mm)));
  }
}

}  // namespace

void draw_surroundings(const Surroundings& around, const Warp& warp, double px_per_mm,
                       cv::Mat& picture) {
  double lid = 255;
  std::optional<Table>
      table;  // drawn even if something else hides it, so that no effect changes another
  if (around.lid != nullptr) {
    const bool dark = around.lid->count("lid", 0, 2) == 0;
    lid = around.lid->between("lid_grey", dark ? 20 : 205, dark ? 70 : 250);
  }
  if (around.table != nullptr) table = choose_table(*around.table);
  if (around.screen != nullptr) {
    picture.setTo(cv::Scalar(17, 17, 19));
  } else if (!table) {
    picture.setTo(cv::Scalar::all(lid));
  } else if (!covers(warp, picture.size())) {
    cv::resize(draw_table(*table, warp, coarse(picture.size()), px_per_mm), picture, picture.size(),
               0, 0, cv::INTER_LINEAR);
  } else {
    picture.setTo(cv::Scalar::all(0));
  }
}

void scan_edges(Draw& draw, double px_per_mm, cv::Mat& picture) {
  const double strength = draw.strength();
  const int bands = draw.count("band_count", 1, 1 + cvRound(2 * strength));
  for (int i = 0; i < bands; ++i) {
    draw.next_item("bands");
    const Band band{draw.count("side", 0, 3), draw.between("width_mm", 0.5, 1 + 4 * strength),
                    draw.between("depth", 0.3 * strength, 0.95 * strength)};
    darken(band, px_per_mm, picture);
  }
  const int streaks = draw.count("streak_count", 0, cvRound(3 * strength));
  for (int i = 0; i < streaks; ++i) {
    draw.next_item("streaks");
    const int at =
        std::min(picture.cols - 1, static_cast<int>(draw.between("x", 0, 1) * picture.cols));
    auto line = picture.col(at);
    line.convertTo(line, -1, 1 - draw.between("depth", 0.04, 0.25 * strength + 0.04));
  }
  draw.end_items();
}

}  // namespace ecg_lora::page::paper
