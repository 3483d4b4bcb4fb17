// Pillow's bilinear resize, bit for bit.
#pragma once

#include "ecg_lora/render/page.h"

namespace ecg_lora::data {

/// `image` at another size. Widens its triangle filter where it makes the image smaller, as
/// Image.resize(…, BILINEAR) does.
render::Image resize_bilinear(const render::Image& image, int height, int width);

}  // namespace ecg_lora::data
