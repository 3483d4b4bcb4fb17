// From a page to tiles, as Hugging Face's Mllama image processor does it.
#pragma once

#include <ATen/ATen.h>

#include <array>
#include <filesystem>

#include "ecg_lora/render/page.h"

namespace ecg_lora::data {

/// The fields of preprocessor_config.json that matter.
struct ImageConfig {
  int tile_size = 560;     ///< px
  int max_tiles = 4;
  std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};  ///< per channel, of values in 0 … 1
  std::array<double, 3> std{0.26862954, 0.26130258, 0.27577711};
  double rescale = 1.0 / 255;
};

/// Reads preprocessor_config.json of a model folder; checkpoint error where it is missing or of another kind.
ImageConfig load_image_config(const std::filesystem::path& folder);

struct Tiles {
  at::Tensor pixels;             ///< [T, 3, H, W] float, T = max_tiles, zero beyond the tiles used
  std::int64_t aspect_ratio_id;  ///< 1 …, position of (rows, columns) in the list of canvases
  at::Tensor aspect_ratio_mask;  ///< [T] int64
};

Tiles make_tiles(const render::Image& image, const ImageConfig& config);

}  // namespace ecg_lora::data
