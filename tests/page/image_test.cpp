#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/page/render/page.h"
#include "example.h"

namespace ecg_lora::page {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

/// 5 x 3 px, every channel of every pixel another value.
Image example() {
  Image image{5, 3, {}};
  for (int i = 0; i < 45; ++i) image.rgb.push_back(static_cast<std::uint8_t>(5 * i));
  return image;
}

TEST(Image, PngKeepsEveryByte) {
  const TemporaryFolder folder;
  write_png(folder / "a/b.png", example());
  const auto back = read_image(folder / "a/b.png");
  EXPECT_EQ(back.width, 5);
  EXPECT_EQ(back.height, 3);
  EXPECT_EQ(back.rgb, example().rgb);
}

TEST(Image, PngOfAnySizeAndContentIsExact) {
  const TemporaryFolder folder;
  for (const auto& [width, height] :
       {std::pair{1, 1}, {1, 500}, {3, 2}, {257, 300}, {700, 40}, {12000, 20}})
    for (const int kind : {0, 1, 2, 3, 4}) {
      Random random{static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(kind)};
      Image image{width, height, {}};
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < 3 * width; ++x) {
          const auto noise = static_cast<std::uint8_t>(random.uniform_int(256));
          const int values[] = {255, noise, x % 12 < 3 || y % 4 == 0 ? 200 : 255,
                                random.bernoulli(0.02) ? noise : 255, x / 3 + y};
          image.rgb.push_back(static_cast<std::uint8_t>(values[kind]));
        }
      write_png(folder / "x.png", image);
      const auto back = read_image(folder / "x.png");
      ASSERT_EQ(std::pair(back.width, back.height), std::pair(width, height)) << kind;
      ASSERT_EQ(back.rgb, image.rgb) << width << " x " << height << ", kind " << kind;
    }
}

TEST(Image, PngOfAPageIsSmall) {
  EXPECT_LT(encode_png(draw_page(testing::example_record(), {}).image).size(), 150'000u);
}

TEST(Image, RefusesWhatIsNoPicture) {
  const TemporaryFolder folder;
  write_png(folder / "whole.png", example());
  const auto whole = read_file(folder / "whole.png");
  for (const auto& bytes : {std::string(), std::string("ecg_id,patient_id\n1,2\n"),
                            whole.substr(0, 8), whole.substr(0, 20), std::string(5000, '\xff')}) {
    write_file(folder / "x.png", bytes);
    const auto message = error_of(ExitCode::data, [&] { read_image(folder / "x.png"); });
    EXPECT_TRUE(has(message, "x.png"));
    EXPECT_TRUE(has(message, "expected a PNG, JPEG, WebP or BMP picture"));
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { read_image(folder / "none.png"); }), "none.png"));
}

TEST(Image, RefusesATruncatedPng) {
  const TemporaryFolder folder;
  Image noise{64, 64, {}};
  std::uint32_t state = 1;
  for (int i = 0; i < 64 * 64 * 3; ++i)
    noise.rgb.push_back(static_cast<std::uint8_t>((state = state * 1664525U + 1013904223U) >> 24));
  write_png(folder / "whole.png", noise);
  const auto whole = read_file(folder / "whole.png");
  for (const std::size_t length : {whole.size() / 4, whole.size() / 2, whole.size() - 200}) {
    write_file(folder / "x.png", whole.substr(0, length));
    EXPECT_TRUE(has(error_of(ExitCode::data, [&] { read_image(folder / "x.png"); }), "x.png"))
        << length << " of " << whole.size() << " bytes";
  }
}

}  // namespace
}  // namespace ecg_lora::page
