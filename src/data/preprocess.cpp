#include "ecg_lora/data/preprocess.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "canvas.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_number.h"
#include "resize.h"

namespace ecg_lora::data {
namespace {

/// The picture on its canvas, [3, rows, columns] uint8, black where nothing lies.
at::Tensor place(const render::Image& image, const Canvas& canvas, int tile_size) {
  const auto [height, width] = fit_to_canvas(image.height, image.width, canvas, tile_size);
  auto fitted = resize_bilinear(image, height, width);
  const auto pixels = at::from_blob(fitted.rgb.data(), {height, width, 3}, at::kByte).permute({2, 0, 1});
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
      *values++ = static_cast<float>((static_cast<float>(byte * config.rescale) - config.mean[c]) / config.std[c]);
  return table;
}

void fill_tile(const at::Tensor& canvas, int row, int column, int size, const float* table, float* out) {
  const auto rows = canvas.size(1), columns = canvas.size(2);
  const auto* bytes = canvas.const_data_ptr<std::uint8_t>();
  for (std::int64_t c = 0; c < 3; ++c)
    for (int y = 0; y < size; ++y) {
      const auto* line = bytes + (c * rows + row * size + y) * columns + column * size;
      for (int x = 0; x < size; ++x) *out++ = table[c * 256 + line[x]];
    }
}

}  // namespace

Tiles make_tiles(const render::Image& image, const ImageConfig& config) {
  if (image.width <= 0 || image.height <= 0) throw_data("an image of ", image.width, " x ", image.height, " px cannot be tiled, expected at least 1 x 1; draw it again");
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
  tiles.aspect_ratio_id = std::find(canvases.begin(), canvases.end(), canvas) - canvases.begin() + 1;
  return tiles;
}

namespace {

/// Whether pixels stay numbers: a byte, times rescale, less the mean, over std.
void check_values(const ImageConfig& config, const std::filesystem::path& path) {
  constexpr double most = 1e6;
  if (config.tile_size > 1 << 14)
    throw_checkpoint(path.string(), " has tile size ", config.tile_size,
                     ", expected at most 16384; use the checkpoint's own file");
  if (!(config.rescale > 0 && config.rescale <= most))
    throw_checkpoint(path.string(), " has rescale_factor ", config.rescale,
                     ", expected above 0 and at most 1e6; use the checkpoint's own file");
  for (std::size_t c = 0; c < 3; ++c)
    if (!(std::abs(config.mean[c]) <= most && config.std[c] >= 1 / most && config.std[c] <= most))
      throw_checkpoint(
          path.string(), " has image_mean ", config.mean[c], " and image_std ", config.std[c],
          ", expected numbers up to 1e6, image_std from 1e-6; use the checkpoint's own file");
}

/// A size or a count, whose range is checked once all are read.
int pixels_or_tiles(const Json& value) {
  return static_cast<int>(
      whole_number(value, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
}

}  // namespace

ImageConfig load_image_config(const std::filesystem::path& folder) {
  auto path = folder / "preprocessor_config.json";
  const bool meta = !std::filesystem::exists(path) && std::filesystem::exists(folder / "params.json");
  if (meta) path = folder / "params.json";
  if (!std::filesystem::exists(path))
    throw_checkpoint("no preprocessor_config.json in ", folder.string(), ", expected the file of a LLaMA 3.2 Vision checkpoint; copy it there");
  ImageConfig config;
  try {
    auto json = read_json(path, ExitCode::checkpoint);
    if (meta) {
      if (json.contains("model")) json = Json(json["model"]);
      config.tile_size = pixels_or_tiles(json.at("vision_chunk_size"));
      config.max_tiles = pixels_or_tiles(json.at("vision_max_num_chunks"));
    } else {
      config.tile_size = pixels_or_tiles(json.at("size").at("height"));
      config.max_tiles = pixels_or_tiles(json.at("max_image_tiles"));
      config.mean = json.at("image_mean").get<std::array<double, 3>>();
      config.std = json.at("image_std").get<std::array<double, 3>>();
      if (json.contains("rescale_factor")) config.rescale = json.at("rescale_factor").get<double>();
    }
  } catch (const nlohmann::json::exception& error) {
    throw_checkpoint(path.string(), " lacks ", meta ? "vision_chunk_size or vision_max_num_chunks" : "size, max_image_tiles, image_mean or image_std of an Mllama image processor", " (",
                     error.what(), "); use the checkpoint's own file");
  }
  if (config.tile_size < 1 || config.max_tiles < 1 || config.max_tiles > 64)
    throw_checkpoint(path.string(), " has tile size ", config.tile_size, " and ", config.max_tiles, " tiles, expected positive numbers; use the checkpoint's own file");
  check_values(config, path);
  return config;
}

}  // namespace ecg_lora::data
