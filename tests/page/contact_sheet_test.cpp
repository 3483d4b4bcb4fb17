#include "contact_sheet.h"

#include "base/expect_error.h"

namespace ecg_lora::page {
namespace {

using testing::error_of;

Image plain(int width, int height, std::uint8_t value) {
  return {width, height,
          std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3), value)};
}

TEST(ContactSheet, HoldsEveryPageInRowsWithRoomForItsName) {
  std::vector<Thumbnail> thumbnails;
  for (int i = 0; i < 7; ++i)
    thumbnails.push_back(
        {"record " + std::to_string(i), plain(100, 60 + i, static_cast<std::uint8_t>(10 * i))});
  const auto sheet = contact_sheet(thumbnails, 3);
  std::size_t found[7] = {}, ink = 0;
  for (std::size_t i = 0; i < sheet.rgb.size(); i += 3) {
    ink += sheet.rgb[i] == 0;
    for (int k = 1; k < 7; ++k) found[k] += sheet.rgb[i] == 10 * k;
  }
  for (int k = 1; k < 7; ++k) EXPECT_GE(found[k], static_cast<std::size_t>(100 * (60 + k))) << k;
  EXPECT_GT(ink, 6000u);
  EXPECT_GE(sheet.width, 300);
  EXPECT_LT(sheet.width, 400);
  EXPECT_GE(sheet.height, 3 * 66);
}

TEST(ContactSheet, NamesOfAnyLengthStayBelowTheirPage) {
  const auto sheet = contact_sheet({{std::string(500, 'x'), plain(80, 20, 90)}}, 4);
  EXPECT_LT(sheet.width, 100);
  for (int y = 0; y < sheet.height; ++y)
    EXPECT_GT(sheet.rgb[static_cast<std::size_t>((y * sheet.width + sheet.width - 1) * 3)], 200);
}

TEST(ContactSheet, ShrinksByAverage) {
  auto image = plain(200, 100, 0);
  for (std::size_t i = 0; i < image.rgb.size(); i += 6)
    image.rgb[i] = image.rgb[i + 1] = image.rgb[i + 2] = 200;
  const auto small = shrink(image, 100);
  EXPECT_EQ(small.width, 100);
  EXPECT_EQ(small.height, 50);
  for (const auto value : small.rgb) EXPECT_EQ(value, 100);
  EXPECT_EQ(shrink(image, 300).rgb, image.rgb);
}

TEST(ContactSheet, RefusesNothing) {
  error_of(ExitCode::usage, [] { contact_sheet({}, 3); });
  error_of(ExitCode::usage, [] { contact_sheet({{"a", plain(1, 1, 0)}}, 0); });
}

}  // namespace
}  // namespace ecg_lora::page
