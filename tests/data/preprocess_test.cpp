#include "ecg_lora/data/loader/preprocess.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"

namespace ecg_lora::data {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

/// Mean 0 and deviation 1: values are bytes / 255.
ImageConfig plain(int tile_size, int max_tiles) {
  return {tile_size, max_tiles, {0, 0, 0}, {1, 1, 1}, 1.0 / 255};
}

TEST(MakeTiles, CutsTheCanvasRowByRow) {
  // 2 x 2 tiles of 2 px, each of its own grey, no resize.
  page::Image image{4, 4, std::vector<std::uint8_t>(48)};
  for (std::size_t y = 0; y < 4; ++y)
    for (std::size_t x = 0; x < 4; ++x)
      for (std::size_t c = 0; c < 3; ++c)
        image.rgb[(y * 4 + x) * 3 + c] = static_cast<std::uint8_t>(51 * (y / 2 * 2 + x / 2) + c);
  const auto tiles = make_tiles(image, plain(2, 4));
  ASSERT_EQ(tiles.pixels.sizes(), (std::vector<std::int64_t>{4, 3, 2, 2}));
  for (int t = 0; t < 4; ++t)
    for (int c = 0; c < 3; ++c)
      EXPECT_TRUE(at::allclose(tiles.pixels[t][c], at::full({2, 2}, (51 * t + c) / 255.0)))
          << "tile " << t << " channel " << c;
  EXPECT_EQ(tiles.aspect_ratio_id, 6);
  EXPECT_EQ(tiles.aspect_ratio_mask.sum().item<std::int64_t>(), 4);
}

TEST(MakeTiles, PaddingOfTheCanvasIsBlackAndUnusedTilesAreZero) {
  const page::Image image{
      4, 2, std::vector<std::uint8_t>(24, 255)};  // 2 rows of 4 px on one tile of 4 px
  auto config = plain(4, 2);
  config.mean = {0.5, 0.5, 0.5};
  config.std = {0.25, 0.25, 0.25};
  const auto tiles = make_tiles(image, config);
  EXPECT_EQ(tiles.aspect_ratio_id, 1);
  EXPECT_TRUE(at::equal(tiles.aspect_ratio_mask, at::tensor({std::int64_t{1}, std::int64_t{0}})));
  EXPECT_TRUE(at::equal(tiles.pixels[0].slice(1, 0, 2), at::full({3, 2, 4}, 2.0F)));
  EXPECT_TRUE(
      at::equal(tiles.pixels[0].slice(1, 2, 4), at::full({3, 2, 4}, -2.0F)));  // black, normalised
  EXPECT_TRUE(at::equal(tiles.pixels[1], at::zeros({3, 4, 4})));
}

TEST(MakeTiles, ShrinksWithPillowsWidenedTriangle) {
  // Four columns to two: weights 3/7, 3/7, 1/7 and 1/7, 3/7, 3/7; as Pillow prints them.
  page::Image image{4, 4, {}};
  for (int y = 0; y < 4; ++y)
    for (const int grey : {0, 70, 140, 255})
      image.rgb.insert(image.rgb.end(), 3, static_cast<std::uint8_t>(grey));
  const auto tiles = make_tiles(image, plain(2, 1));
  EXPECT_TRUE(at::allclose(tiles.pixels[0][0][0] * 255, at::tensor({50.0F, 179.0F})));
}

TEST(MakeTiles, RefusesAnEmptyImage) {
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [] { make_tiles({0, 5, {}}, ImageConfig{}); }), "0 x 5 px"));
}

const std::string kProcessor =
    R"({"size": {"height": 448, "width": 448}, "max_image_tiles": 4, "image_mean": [0.5, 0.4, 0.3],
      "image_std": [0.2, 0.2, 0.1], "rescale_factor": 0.01})";

TEST(LoadImageConfig, ReadsTheFieldsThatMatter) {
  const TemporaryFolder folder;
  write_file(folder / "preprocessor_config.json", kProcessor);
  const auto config = load_image_config(folder / "");
  EXPECT_EQ(config.tile_size, 448);
  EXPECT_EQ(config.max_tiles, 4);
  EXPECT_EQ(config.mean, (std::array<double, 3>{0.5, 0.4, 0.3}));
  EXPECT_EQ(config.std, (std::array<double, 3>{0.2, 0.2, 0.1}));
  EXPECT_EQ(config.rescale, 0.01);
}

TEST(LoadImageConfig, RefusesAMissingADamagedOrAForeignFile) {
  const TemporaryFolder folder;
  const auto load = [&] { load_image_config(folder / ""); };
  EXPECT_TRUE(has(error_of(ExitCode::checkpoint, load), "no preprocessor_config.json"));
  for (const auto& [text, part] : std::vector<std::pair<std::string, std::string>>{
           {R"({"size": {"shortest_edge": 224}})", "lacks size"},
           {R"({"size": {"height": 0, "width": 0}, "max_image_tiles": 4, "image_mean": [0, 0, 0],
      "image_std": [1, 1, 1]})",
            "tile size 0"},
           {R"({"size": {"height": 8, "width": 8}, "max_image_tiles": "four",
      "image_mean": [0, 0, 0], "image_std": [1, 1, 1]})",
            "max_image_tiles"}}) {
    write_file(folder / "preprocessor_config.json", text);
    EXPECT_TRUE(has(error_of(ExitCode::checkpoint, load), part));
  }
  write_file(folder / "preprocessor_config.json", kProcessor.substr(0, 40));
  try {
    load();
    ADD_FAILURE() << "a truncated file was read";
  } catch (const Error& error) {
    EXPECT_TRUE(has(error.what(), "preprocessor_config.json"));
  }
}

/// What transformers 5 writes.
std::string nested(const std::string& processor) {
  return R"({"processor_class": "MllamaProcessor", "image_processor": )" + processor + "}";
}

TEST(LoadImageConfig, ReadsTheProcessorOfTransformers5) {
  const TemporaryFolder folder;
  const auto newer = folder / "processor_config.json", older = folder / "preprocessor_config.json";
  write_file(newer, R"({"processor_class": "MllamaProcessor"})");  // transformers 4 writes this
  EXPECT_FALSE(has_image_config(folder / ""));
  write_file(newer, nested(kProcessor));
  EXPECT_TRUE(has_image_config(folder / ""));
  EXPECT_EQ(load_image_config(folder / "").tile_size, 448);
  write_file(older, kProcessor);
  EXPECT_EQ(load_image_config(folder / "").mean[2], 0.3);
  auto other = parse_json(kProcessor, "test");
  other["image_mean"][2] = 0.4;
  write_json(older, other);
  EXPECT_TRUE(has(error_of(ExitCode::checkpoint, [&] { load_image_config(folder / ""); }),
                  "describe different image processors"));
}

TEST(LoadImageConfig, RefusesStepsThatAreNotTaken) {
  const TemporaryFolder folder;
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, Json>>{{"do_resize", false},
                                                 {"do_rescale", false},
                                                 {"do_normalize", false},
                                                 {"do_pad", false},
                                                 {"resample", 3},
                                                 {"size", {{"height", 448}, {"width", 224}}}}) {
    auto json = parse_json(kProcessor, "test");
    json[key] = value;
    write_json(folder / "preprocessor_config.json", json);
    EXPECT_TRUE(has(error_of(ExitCode::checkpoint, [&] { load_image_config(folder / ""); }), key));
  }
}

TEST(LoadImageConfig, RefusesCountsThatAreNotWhole) {
  const TemporaryFolder folder;
  for (const auto& value : {Json(4.5), Json(true), Json(std::int64_t{1} << 32), Json(-1)})
    for (const bool tiles : {true, false}) {
      auto json = parse_json(kProcessor, "test");
      (tiles ? json["max_image_tiles"] : json["size"]["height"]) = value;
      write_json(folder / "preprocessor_config.json", json);
      EXPECT_TRUE(has(error_of(ExitCode::checkpoint, [&] { load_image_config(folder / ""); }),
                      "preprocessor_config.json"));
    }
}

TEST(LoadImageConfig, RefusesNumbersThatMakePixelsNone) {
  const TemporaryFolder folder;
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, Json>>{{"image_std", Json::array({0.2, 0, 0.1})},
                                                 {"image_std", Json::array({0.2, 1e-300, 0.1})},
                                                 {"image_mean", Json::array({1e308, 0, 0})},
                                                 {"rescale_factor", 1e308},
                                                 {"rescale_factor", 0}}) {
    auto json = parse_json(kProcessor, "test");
    json[key] = value;
    write_json(folder / "preprocessor_config.json", json);
    EXPECT_TRUE(has(error_of(ExitCode::checkpoint, [&] { load_image_config(folder / ""); }), key));
  }
}

}  // namespace
}  // namespace ecg_lora::data
