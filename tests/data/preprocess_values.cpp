// Tiles images for check_preprocess.py: preprocess_values FOLDER IMAGE…, with
// FOLDER/preprocessor_config.json, writes IMAGE.safetensors beside each image: the tiles, and
// `rgb`, the picture as it was read.
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/data/loader/preprocess.h"
#include "ecg_lora/tensorio/safetensors.h"

namespace {

int tile(int argc, char** argv) {
  if (argc < 2) ecg_lora::throw_usage("expected a folder and images, got nothing; name them");
  const auto config = ecg_lora::data::load_image_config(argv[1]);
  for (int i = 2; i < argc; ++i) {
    auto image = ecg_lora::page::read_image(argv[i]);
    const auto tiles = ecg_lora::data::make_tiles(image, config);
    const auto rgb = at::from_blob(image.rgb.data(), {image.height, image.width, 3}, at::kByte);
    ecg_lora::tensorio::write_safetensors(
        std::string(argv[i]) + ".safetensors",
        {{"pixel_values", tiles.pixels},
         {"rgb", rgb},
         {"aspect_ratio_ids", at::tensor({tiles.aspect_ratio_id})},
         {"aspect_ratio_mask", tiles.aspect_ratio_mask}});
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return ecg_lora::guarded([&] { return tile(argc, argv); });
}
