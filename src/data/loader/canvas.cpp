// As get_optimal_tiled_canvas and get_image_size_fit_to_canvas of transformers' Mllama image
// processor.
#include "canvas.h"

#include <algorithm>
#include <cmath>

namespace ecg_lora::data {

std::vector<Canvas> all_canvases(int max_tiles) {
  std::vector<Canvas> result;
  for (int rows = 1; rows <= max_tiles; ++rows)
    for (int columns = 1; rows * columns <= max_tiles; ++columns) result.push_back({rows, columns});
  return result;
}

Canvas choose_canvas(int height, int width, int tile_size, int max_tiles) {
  const auto scale = [&](const Canvas& canvas) {
    return std::min(static_cast<double>(canvas[0] * tile_size) / height,
                    static_cast<double>(canvas[1] * tile_size) / width);
  };
  // Upscales before downscales; the least upscale, the greatest downscale; the least area.
  const auto better = [&](const Canvas& a, const Canvas& b) {
    const double x = scale(a), y = scale(b);
    if ((x >= 1) != (y >= 1)) return x >= 1;
    if (x != y) return x >= 1 ? x < y : x > y;
    return a[0] * a[1] < b[0] * b[1];
  };
  const auto canvases = all_canvases(max_tiles);
  return *std::min_element(canvases.begin(), canvases.end(), better);
}

std::array<int, 2> fit_to_canvas(int height, int width, const Canvas& canvas, int tile_size) {
  const int target_width = std::clamp(width, tile_size, canvas[1] * tile_size);
  const int target_height = std::clamp(height, tile_size, canvas[0] * tile_size);
  const double scale_h = static_cast<double>(target_height) / height,
               scale_w = static_cast<double>(target_width) / width;
  const auto scaled = [](int size, double scale) {
    return std::max(1, static_cast<int>(std::floor(size * scale)));
  };
  if (scale_w < scale_h) return {std::min(scaled(height, scale_w), target_height), target_width};
  return {target_height, std::min(scaled(width, scale_h), target_width)};
}

}  // namespace ecg_lora::data
