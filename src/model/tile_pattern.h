// Which tokens of an image are real and which are padding.
#pragma once

#include <vector>

#include "vision.h"

namespace ecg_lora::model {

/// One pattern for each distinct row of `aspect_ratio_mask` [I, T]; a tile has `patches` tokens and is padded to `padded`.
std::vector<TilePattern> tile_patterns(const at::Tensor& aspect_ratio_mask, std::int64_t patches, std::int64_t padded);

}  // namespace ecg_lora::model
