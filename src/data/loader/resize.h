// Pillow's bilinear resize, bit for bit.
#pragma once

#include "ecg_lora/page/render/page.h"

namespace ecg_lora::data {

/// `image` at another size. Widens its triangle filter if it makes the image smaller, as
/// Image.resize(…, BILINEAR) does.
page::Image resize_bilinear(const page::Image& image, int height, int width);

}  // namespace ecg_lora::data
