// From a page to tiles, as Hugging Face's Mllama image processor does it.
#pragma once

#include <ATen/ATen.h>

#include <array>
#include <filesystem>

#include "ecg_lora/page/render/page.h"

namespace ecg_lora::data {

/// The fields of an Mllama image processor that matter.
struct ImageConfig {
  int tile_size = 560;  ///< px, of a side
  int max_tiles = 4;    ///< per image
  /// Per channel (red, green, blue), of values in 0 … 1.
  std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};
  std::array<double, 3> std{0.26862954, 0.26130258, 0.27577711};
  double rescale = 1.0 / 255;  ///< byte to value
  bool operator==(const ImageConfig&) const = default;
};

/// Reads the image processor of a model folder: "image_processor" of processor_config.json, as
/// transformers 5 writes it; preprocessor_config.json; or Meta's params.json. Checkpoint error if
/// there is none, it is damaged, of another kind or out of range, or the first two describe
/// different ones.
ImageConfig load_image_config(const std::filesystem::path& folder);
/// Whether `folder` holds one of them. Checkpoint error if processor_config.json is damaged.
bool has_image_config(const std::filesystem::path& folder);

/// An image as the vision tower takes it. T = max_tiles, H = W = tile_size.
struct Tiles {
  /// [T, 3, H, W] fp32: (byte * rescale - mean) / std, tiles of the canvas row by row; 0 in tiles
  /// that the canvas does not have.
  at::Tensor pixels;
  std::int64_t aspect_ratio_id;  ///< position of the canvas (rows, columns) among all, from 1
  at::Tensor aspect_ratio_mask;  ///< [T] int64; 1 for tiles of the canvas, else 0
};

/// `image` fitted to the canvas of at most max_tiles tiles that suits it best, with PIL's bilinear
/// filter, black on the right and below, and cut into tiles: transformers'
/// models/mllama/image_processing_mllama.py (get_optimal_tiled_canvas,
/// get_image_size_fit_to_canvas), to the bit of its fp32. Data error for an image without pixels.
Tiles make_tiles(const page::Image& image, const ImageConfig& config);

}  // namespace ecg_lora::data
