// From a page to tiles, as Hugging Face's Mllama image processor does it.
#pragma once

#include <ATen/ATen.h>

#include <array>
#include <filesystem>

#include "ecg_lora/page/render/page.h"

namespace ecg_lora::data {

/// The fields of an Mllama image processor that matter.
struct ImageConfig {
  int tile_size = 560;  ///< px
  int max_tiles = 4;
  std::array<double, 3> mean{0.48145466, 0.4578275,
                             0.40821073};  ///< per channel, of values in 0 … 1
  std::array<double, 3> std{0.26862954, 0.26130258, 0.27577711};
  double rescale = 1.0 / 255;
  bool operator==(const ImageConfig&) const = default;
};

/// Reads the image processor of a model folder: "image_processor" of processor_config.json, as
/// transformers 5 writes it; preprocessor_config.json; or Meta's params.json. Checkpoint error if
/// there is none, it is of another kind, or the first two describe different ones.
ImageConfig load_image_config(const std::filesystem::path& folder);
/// Whether `folder` holds one of them.
bool has_image_config(const std::filesystem::path& folder);

struct Tiles {
  at::Tensor pixels;             ///< [T, 3, H, W] float, T = max_tiles, zero beyond the tiles used
  std::int64_t aspect_ratio_id;  ///< 1 …, position of (rows, columns) in the list of canvases
  at::Tensor aspect_ratio_mask;  ///< [T] int64
};

Tiles make_tiles(const page::Image& image, const ImageConfig& config);

}  // namespace ecg_lora::data
