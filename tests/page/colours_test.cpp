// Paper colours and the header. ecg-image-kit keeps its choice in global state: asking for black
// and white there changes other pages.
#include <gtest/gtest.h>

#include <set>

#include <functional>

#include "ecg_lora/page/render/page.h"
#include "example.h"

namespace ecg_lora::page {
namespace {

using testing::example_record;
using Rgb = std::array<int, 3>;

PageConfig coloured(const std::string& colours, double px_per_mm = 0) {
  PageConfig config;
  config.colours = colours;
  config.px_per_mm = px_per_mm;
  return config;
}

Rgb pixel(const Image& image, int x, int y) {
  const auto at = static_cast<std::size_t>(y * image.width + x) * 3;
  return {image.rgb[at], image.rgb[at + 1], image.rgb[at + 2]};
}

TEST(Colours, AreThoseOfTheKitAtItsResolution) {
  // The crossing of heavy lines at 0 mm, a heavy line, paper; lines of 0.18 mm are more than a
  // pixel wide at 200 dpi.
  for (const auto& [name, heavy] : {std::pair{"brown", Rgb{109, 50, 47}},
                                    {"blue", Rgb{0, 0, 102}},
                                    {"green", Rgb{0, 77, 0}},
                                    {"red", Rgb{255, 0, 0}},
                                    {"black_and_white", Rgb{102, 102, 102}}}) {
    const auto page = draw_page(example_record(), coloured(name, 200 / 25.4));
    EXPECT_EQ(pixel(page.image, 0, 0), heavy) << name;
    EXPECT_EQ(pixel(page.image, 0, 4), heavy) << name;
    EXPECT_EQ(pixel(page.image, 4, 4), (Rgb{255, 255, 255})) << name;
  }
  EXPECT_EQ(pixel(draw_page(example_record(), {}).image, 0, 1), (Rgb{245, 160, 150}));
  EXPECT_EQ(pixel(draw_page(example_record(), {}).image, 4, 1), (Rgb{254, 223, 219}));
}

TEST(Colours, BlackAndWhiteIsGreyAndChangesNoOtherPage) {
  const auto record = example_record();
  const auto red = draw_page(record, coloured("red")).image.rgb;
  const auto grey = draw_page(record, coloured("black_and_white")).image;
  for (std::size_t i = 0; i < grey.rgb.size(); i += 3)
    ASSERT_TRUE(grey.rgb[i] == grey.rgb[i + 1] && grey.rgb[i] == grey.rgb[i + 2]);
  EXPECT_EQ(draw_page(record, coloured("red")).image.rgb, red);
}

TEST(Colours, ChangeTheGridOnly) {
  const auto record = example_record();
  const auto plain = draw_page(record, {});
  for (const auto* name : {"brown", "blue", "green", "red", "black_and_white"}) {
    const auto page = draw_page(record, coloured(name));
    for (std::size_t i = 0; i < page.traces.size(); ++i)
      for (std::size_t k = 0; k < page.traces[i].points.size(); ++k)
        ASSERT_EQ(page.traces[i].points[k].y, plain.traces[i].points[k].y);
    for (std::size_t i = 0; i < plain.image.rgb.size(); i += 3) {
      const bool black =
          plain.image.rgb[i] < 10 && plain.image.rgb[i + 1] < 10 && plain.image.rgb[i + 2] < 10;
      ASSERT_TRUE(!black || page.image.rgb[i] + page.image.rgb[i + 1] + page.image.rgb[i + 2] < 30)
          << name;
    }
  }
}

PageHeader full_header() {
  PageHeader header;
  header.name = "Doe, Jane", header.id = "15709", header.age = 56, header.sex = "female",
  header.recorded = "1984-11-09 09:17";
  header.heart_rate = 72, header.pr_ms = 160, header.qrs_ms = 92, header.qt_ms = 398,
  header.qtc_ms = 420;
  header.p_axis = 45, header.qrs_axis = 30, header.t_axis = 50, header.filter = "0.05-150 Hz";
  return header;
}

/// Columns of the rows from `top` to `bottom` in which `a` and `b` differ.
std::set<int> changed_columns(const Image& a, const Image& b, int top, int bottom) {
  std::set<int> columns;
  for (int y = top; y < bottom; ++y)
    for (int x = 0; x < a.width; ++x)
      if (pixel(a, x, y) != pixel(b, x, y)) columns.insert(x);
  return columns;
}

TEST(Header, StaysInTheMarginsOnEveryPaper) {
  for (const auto* paper : {"model", "2:1", "4:1", "a4", "letter"}) {
    PageConfig config, with;
    config.paper = with.paper = paper;
    with.header = true;
    wfdb::Record empty;
    empty.sampling_rate = 100;
    const auto bare = draw_page(empty, config), page = draw_page(empty, with, full_header());
    const int top = static_cast<int>(bare.boxes.front().y),
              bottom = static_cast<int>(bare.boxes.back().y + bare.boxes.back().height);
    const auto columns = changed_columns(bare.image, page.image, 0, top);
    ASSERT_FALSE(columns.empty()) << paper;
    EXPECT_GE(*columns.begin(), 9 * page.px_per_mm) << paper;
    EXPECT_LE(*columns.rbegin(), page.image.width - 2 * page.px_per_mm) << paper;
    EXPECT_TRUE(changed_columns(bare.image, page.image, top, bottom).empty()) << paper;
  }
}

TEST(Header, ALongNameShrinksInsteadOfBeingCutOff) {
  PageConfig with;
  with.header = true;
  auto header = full_header();
  header.name = std::string(300, 'W');
  wfdb::Record empty;
  empty.sampling_rate = 100;
  const auto page = draw_page(empty, with, header), bare = draw_page(empty, {});
  const auto columns = changed_columns(bare.image, page.image, 0, 60);
  EXPECT_LE(*columns.rbegin(), page.image.width - 8);
}

TEST(Header, EachFieldIsPrinted) {
  PageConfig with;
  with.header = true;
  const auto record = example_record();
  const auto full = draw_page(record, with, full_header()).image.rgb;
  for (const auto& change : std::vector<std::function<void(PageHeader&)>>{
           [](auto& h) { h.name = "Roe"; }, [](auto& h) { h.id = "1"; },
           [](auto& h) { h.age = 300; }, [](auto& h) { h.sex = "male"; },
           [](auto& h) { h.recorded = ""; }, [](auto& h) { h.heart_rate = 73; },
           [](auto& h) { h.pr_ms.reset(); }, [](auto& h) { h.qrs_ms = 93; },
           [](auto& h) { h.qt_ms = 399; }, [](auto& h) { h.qtc_ms.reset(); },
           [](auto& h) { h.p_axis = 46; }, [](auto& h) { h.qrs_axis = -30; },
           [](auto& h) { h.t_axis.reset(); }, [](auto& h) { h.filter = "0.05-40 Hz"; }}) {
    auto header = full_header();
    change(header);
    EXPECT_NE(draw_page(record, with, header).image.rgb, full);
  }
}

TEST(Header, IsReadFromCommentsAsPhysioNetWritesThem) {
  wfdb::Record record;
  record.name = "HR06000";
  record.comments = {"Age: 56", "Sex: Female", "Dx: 426783006", "Rx: Unknown"};
  const auto header = header_of(record);
  EXPECT_EQ(header.name, "HR06000");
  EXPECT_EQ(header.age, 56);
  EXPECT_EQ(header.sex, "female");
  record.clock.date = std::chrono::year(1984) / 11 / 9;
  record.clock.time = std::chrono::hours(9);
  EXPECT_EQ(header_of(record).recorded, "1984-11-09 09:00:00");
  const auto known = header_of(record, {"7", 60, {}, "1985"});
  EXPECT_EQ(known.id + known.sex + known.recorded, "7female1985")
      << "a table goes before the comments";
  EXPECT_EQ(known.age, 60);
  record.comments = {"Age: NaN", "Sex: Unknown", "Aged: 5"};
  EXPECT_FALSE(header_of(record).age.has_value());
  EXPECT_EQ(header_of(record).sex, "");
}

}  // namespace
}  // namespace ecg_lora::page
