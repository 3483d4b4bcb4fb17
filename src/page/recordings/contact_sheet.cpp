#include "contact_sheet.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "ecg_lora/base/error.h"

namespace ecg_lora::page {
namespace {

constexpr int kGap = 8, kCaptionHeight = 18;  // px
constexpr double kLetterScale = 0.42;

cv::Mat view(const Image& image) {
  return {image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data())};
}

std::string fitting(std::string caption, int width) {
  const auto wide = [](const std::string& text) {
    return cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, kLetterScale, 1, nullptr).width;
  };
  if (wide(caption) <= width) return caption;
  while (!caption.empty() && wide(".." + caption) > width) caption.erase(0, 1);
  return ".." + caption;
}

}  // namespace

Image shrink(const Image& image, int width) {
  if (image.width <= width) return image;
  Image small{
      width, std::max(1, cvRound(static_cast<double>(image.height) * width / image.width)), {}};
  small.rgb.resize(static_cast<std::size_t>(small.width) * static_cast<std::size_t>(small.height) *
                   3);
  cv::Mat target = view(small);
  cv::resize(view(image), target, target.size(), 0, 0, cv::INTER_AREA);
  return small;
}

Image contact_sheet(const std::vector<Thumbnail>& thumbnails, int columns) {
  if (thumbnails.empty() || columns < 1)
    throw_usage("a contact sheet takes at least one page and one column, got ", thumbnails.size(),
                " and ", columns);
  columns = std::min(columns, static_cast<int>(thumbnails.size()));
  int width = 0, height = 0;
  for (const auto& thumbnail : thumbnails)
    width = std::max(width, thumbnail.image.width),
    height = std::max(height, thumbnail.image.height);
  const int rows = (static_cast<int>(thumbnails.size()) + columns - 1) / columns,
            cell = height + kCaptionHeight + kGap;
  Image sheet{kGap + columns * (width + kGap), kGap + rows * cell, {}};
  sheet.rgb.assign(
      static_cast<std::size_t>(sheet.width) * static_cast<std::size_t>(sheet.height) * 3, 225);
  cv::Mat page = view(sheet);
  for (int i = 0; i < static_cast<int>(thumbnails.size()); ++i) {
    const auto& thumbnail = thumbnails[static_cast<std::size_t>(i)];
    const int x = kGap + i % columns * (width + kGap), y = kGap + i / columns * cell;
    view(thumbnail.image)
        .copyTo(page(cv::Rect(x, y, thumbnail.image.width, thumbnail.image.height)));
    cv::putText(page, fitting(thumbnail.caption, width), {x, y + thumbnail.image.height + 13},
                cv::FONT_HERSHEY_SIMPLEX, kLetterScale, cv::Scalar::all(0), 1, cv::LINE_AA);
  }
  return sheet;
}

}  // namespace ecg_lora::page
