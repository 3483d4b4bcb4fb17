#include "ecg_lora/page/render/bare_paper.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <opencv2/core.hpp>
#include <tuple>

#include "colours.h"
#include "ecg_lora/page/render/layout.h"
#include "paper_format.h"

namespace ecg_lora::page {
namespace {

/// Lines every `step` mm on whole pixels, at least one pixel wide.
void draw_lines(cv::Mat& page, const PaperFormat& paper, double px_per_mm, int step, const Rgb& rgb,
                double width_mm) {
  const int width = std::max(1, cvFloor(width_mm * px_per_mm));
  const double pale = std::max(0.0, 1 - width_mm * px_per_mm);
  const auto blend = [&](std::uint8_t value) { return value + (255 - value) * pale; };
  const cv::Scalar colour(blend(rgb[0]), blend(rgb[1]), blend(rgb[2]));
  const auto range = [&](int mm, int extent) {
    const int first = std::max(0, cvRound(mm * px_per_mm) - (width - 1) / 2);
    return cv::Range(std::min(extent, first), std::min(extent, first + width));
  };
  for (int mm = 0; mm < paper.width_mm; mm += step)
    page.colRange(range(mm, page.cols)).setTo(colour);
  for (int mm = 0; mm < paper.height_mm; mm += step)
    page.rowRange(range(mm, page.rows)).setTo(colour);
}

Image draw_grid(const PaperFormat& paper, double px_per_mm, const Colours& colours) {
  Image image{cvRound(paper.width_mm * px_per_mm), cvRound(paper.height_mm * px_per_mm), {}};
  image.rgb.assign(
      static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 3, 255);
  cv::Mat page(image.height, image.width, CV_8UC3, image.rgb.data());
  draw_lines(page, paper, px_per_mm, 1, colours.light, colours.light_mm);
  draw_lines(page, paper, px_per_mm, 5, colours.heavy, colours.heavy_mm);
  return image;
}

}  // namespace

Image bare_paper(const PageConfig& config) {
  static std::mutex mutex;
  static std::map<std::tuple<std::string, double, std::string>, std::shared_ptr<const Image>> cache;
  const auto paper = [&] {
    const std::lock_guard<std::mutex> lock(mutex);
    if (cache.size() > 16) cache.clear();  // a sweep over resolutions must not fill the memory
    auto& page = cache[{config.paper, resolution(config), config.colours}];
    if (!page)
      page = std::make_shared<const Image>(
          draw_grid(paper_format(config), resolution(config), colours_of(config)));
    return page;
  }();
  return *paper;  // copied after the lock is gone
}

}  // namespace ecg_lora::page
