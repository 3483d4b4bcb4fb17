// Many pages on one picture, to look at.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/page/render/image.h"

namespace ecg_lora::page {

/// A small picture with what stands below it.
struct Thumbnail {
  std::string caption;
  Image image;
};

/// `image` made smaller to `width` px (area average); unchanged if it is no wider.
Image shrink(const Image& image, int width);

/// Thumbnails in rows of `columns`, each with its caption below, on grey. Cells are as large as the
/// largest thumbnail. Captions lose their beginning, marked by "..", if they are too long. Usage
/// error for no thumbnails or columns below 1.
Image contact_sheet(const std::vector<Thumbnail>& thumbnails, int columns);

}  // namespace ecg_lora::page
