#include "ecg_lora/data/loader/preprocess.h"

#include <algorithm>

#include "canvas.h"
#include "ecg_lora/base/error.h"
#include "resize.h"

namespace ecg_lora::data {
namespace {

/// The picture on its canvas, [3, rows, columns] uint8, black around it.
at::Tensor place(const page::Image& image, const Canvas& canvas, int tile_size) {
  const auto [height, width] = fit_to_canvas(image.height, image.width, canvas, tile_size);
  auto fitted = resize_bilinear(image, height, width);
  const auto pixels =
      at::from_blob(fitted.rgb.data(), {height, width, 3}, at::kByte).permute({2, 0, 1});
  auto result = at::zeros({3, canvas[0] * tile_size, canvas[1] * tile_size}, at::kByte);
  result.slice(1, 0, height).slice(2, 0, width).copy_(pixels);
  return result;
}

/// Rescaled and normalised values of the 256 bytes, for each channel.
at::Tensor byte_table(const ImageConfig& config) {
  auto table = at::empty({3, 256}, at::kFloat);
  auto* values = table.mutable_data_ptr<float>();
  for (std::size_t c = 0; c < 3; ++c)
    for (int byte = 0; byte < 256; ++byte)
      *values++ = static_cast<float>((static_cast<float>(byte * config.rescale) - config.mean[c]) /
                                     config.std[c]);
  return table;
}

void fill_tile(const at::Tensor& canvas, int row, int column, int size, const float* table,
               float* out) {
  const auto rows = canvas.size(1), columns = canvas.size(2);
  const auto* bytes = canvas.const_data_ptr<std::uint8_t>();
  for (std::int64_t c = 0; c < 3; ++c)
    for (int y = 0; y < size; ++y) {
      const auto* line = bytes + (c * rows + row * size + y) * columns + column * size;
      for (int x = 0; x < size; ++x) *out++ = table[c * 256 + line[x]];
    }
}

}  // namespace

Tiles make_tiles(const page::Image& image, const ImageConfig& config) {
  if (image.width <= 0 || image.height <= 0)
    throw_data("an image of ", image.width, " x ", image.height,
               " px cannot be tiled, expected at least 1 x 1; draw it again");
  const int size = config.tile_size;
  const auto canvas = choose_canvas(image.height, image.width, size, config.max_tiles);
  const auto placed = place(image, canvas, size);
  const auto table = byte_table(config);
  Tiles tiles;
  tiles.pixels = at::zeros({config.max_tiles, 3, size, size}, at::kFloat);
  tiles.aspect_ratio_mask = at::zeros({config.max_tiles}, at::kLong);
  tiles.aspect_ratio_mask.slice(0, 0, canvas[0] * canvas[1]).fill_(1);
  auto* out = tiles.pixels.mutable_data_ptr<float>();
  for (int row = 0; row < canvas[0]; ++row)
    for (int column = 0; column < canvas[1]; ++column, out += 3 * size * size)
      fill_tile(placed, row, column, size, table.const_data_ptr<float>(), out);
  const auto canvases = all_canvases(config.max_tiles);
  tiles.aspect_ratio_id =
      std::find(canvases.begin(), canvases.end(), canvas) - canvases.begin() + 1;
  return tiles;
}

}  // namespace ecg_lora::data
