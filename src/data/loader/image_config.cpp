// The image processor of a checkpoint, in the files of either generation of transformers.
#include <cmath>
#include <limits>
#include <optional>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_number.h"
#include "ecg_lora/data/loader/preprocess.h"

namespace ecg_lora::data {
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

/// Refuses what make_tiles() would do otherwise than the file says.
void check_steps(const Json& json, const std::filesystem::path& path) {
  const auto refuse = [&](const std::string& key, const std::string& expected) {
    throw_checkpoint(path.string(), " has ", key, " ", json.at(key).dump(), ", expected ", expected,
                     " as in an Mllama image processor; use the checkpoint's own file");
  };
  const auto differs = [&](const char* key, const Json& expected) {
    return json.contains(key) && !json.at(key).is_null() && json.at(key) != expected;
  };
  for (const char* step : {"do_resize", "do_rescale", "do_normalize", "do_pad"})
    if (differs(step, true)) refuse(step, "true");
  if (differs("resample", 2)) refuse("resample", "2 (bilinear)");
  const auto& size = json.at("size");
  if (size.contains("width") && size.at("width") != size.at("height"))
    refuse("size", "as many pixels in width as in height,");
}

ImageConfig read_processor(const Json& json, const std::filesystem::path& path) {
  ImageConfig config;
  try {
    config.tile_size = pixels_or_tiles(json.at("size").at("height"));
    config.max_tiles = pixels_or_tiles(json.at("max_image_tiles"));
    config.mean = json.at("image_mean").get<std::array<double, 3>>();
    config.std = json.at("image_std").get<std::array<double, 3>>();
    if (json.contains("rescale_factor")) config.rescale = json.at("rescale_factor").get<double>();
    check_steps(json, path);
  } catch (const nlohmann::json::exception& error) {
    throw_checkpoint(path.string(),
                     " lacks size, max_image_tiles, image_mean or image_std of an Mllama image "
                     "processor (",
                     error.what(), "); use the checkpoint's own file");
  }
  return config;
}

ImageConfig read_params(const std::filesystem::path& path) {
  auto json = read_json(path, ExitCode::checkpoint);
  ImageConfig config;
  try {
    if (json.contains("model")) json = Json(json["model"]);
    config.tile_size = pixels_or_tiles(json.at("vision_chunk_size"));
    config.max_tiles = pixels_or_tiles(json.at("vision_max_num_chunks"));
  } catch (const nlohmann::json::exception& error) {
    throw_checkpoint(path.string(), " lacks vision_chunk_size or vision_max_num_chunks (",
                     error.what(), "); use the checkpoint's own file");
  }
  return config;
}

void check_ranges(const ImageConfig& config, const std::filesystem::path& path) {
  if (config.tile_size < 1 || config.max_tiles < 1 || config.max_tiles > 64)
    throw_checkpoint(path.string(), " has tile size ", config.tile_size, " and ", config.max_tiles,
                     " tiles, expected positive numbers; use the checkpoint's own file");
  check_values(config, path);
}

/// transformers 5 writes the image processor into processor_config.json; what transformers 4 writes
/// there says nothing of it.
std::optional<ImageConfig> read_newer(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  const auto json = read_json(path, ExitCode::checkpoint);
  const auto found = json.is_object() ? json.find("image_processor") : json.end();
  if (found == json.end()) return std::nullopt;
  return read_processor(*found, path);
}

}  // namespace

bool has_image_config(const std::filesystem::path& folder) {
  return std::filesystem::exists(folder / "preprocessor_config.json") ||
         std::filesystem::exists(folder / "params.json") ||
         read_newer(folder / "processor_config.json");
}

ImageConfig load_image_config(const std::filesystem::path& folder) {
  const auto newer = folder / "processor_config.json", older = folder / "preprocessor_config.json",
             params = folder / "params.json";
  const auto nested = read_newer(newer);
  const bool has_older = std::filesystem::exists(older);
  if (nested) check_ranges(*nested, newer);
  if (nested && !has_older) return *nested;
  if (!has_older && !std::filesystem::exists(params))
    throw_checkpoint(
        "no preprocessor_config.json, and no processor_config.json with an "
        "image_processor, in ",
        folder.string(), ", expected the file of a LLaMA 3.2 Vision checkpoint; copy it there");
  const auto path = has_older ? older : params;
  const auto config = has_older ? read_processor(read_json(older, ExitCode::checkpoint), older)
                                : read_params(params);
  check_ranges(config, path);
  if (nested && *nested != config)
    throw_checkpoint(newer.string(),
                     " and preprocessor_config.json describe different image "
                     "processors, expected one: transformers 5 reads the first, transformers 4 "
                     "the second; remove the one that you do not mean");
  return config;
}

}  // namespace ecg_lora::data
