#include <cmath>

#include "base/expect_error.h"
#include "ecg_lora/page/render/page.h"
#include "example.h"

namespace ecg_lora::page {
namespace {

using testing::error_of;
using testing::example_record;
using testing::has;

PageConfig layout(const std::string& name, std::vector<std::string> rhythm = {}) {
  PageConfig config;
  config.layout = name;
  config.rhythm_leads = std::move(rhythm);
  return config;
}

/// Labels by columns, each from above; the strips last.
std::vector<std::string> labels_by_column(const Page& page) {
  auto boxes = page.boxes;
  std::stable_sort(boxes.begin(), boxes.end(), [](const auto& a, const auto& b) {
    return std::pair(a.duration_s, a.x) < std::pair(b.duration_s, b.x);
  });
  std::vector<std::string> labels;
  for (const auto& box : boxes) labels.push_back(box.label);
  return labels;
}

const std::vector<std::string> kCabrera{"aVL", "I",  "-aVR", "II", "aVF", "III",
                                        "V1",  "V2", "V3",   "V4", "V5",  "V6"};

TEST(Layout, LeadsRunDownTheColumnsInClinicalOrder) {
  for (const auto& [name, columns] : {std::pair{"3x4", 4}, {"6x2", 2}, {"12x1", 1}}) {
    const auto page = draw_page(example_record(), layout(name));
    EXPECT_EQ(labels_by_column(page), wfdb::standard_leads()) << name;
    for (const auto& box : page.boxes) {
      EXPECT_EQ(box.duration_s, 10.0 / columns) << name;
      EXPECT_EQ(box.start_s, (box.x - 80) / 100) << name << " " << box.lead;
      EXPECT_EQ(box.sign, 1) << name;
    }
  }
}

TEST(Layout, CabreraOrderTurnsAvrOver) {
  for (const auto* name : {"3x4", "6x2", "12x1"}) {
    auto config = layout(name);
    config.order = "cabrera";
    const auto record = example_record();
    const auto page = draw_page(record, config);
    EXPECT_EQ(labels_by_column(page), kCabrera) << name;
    for (const auto& trace : page.traces) {
      const auto& box = page.boxes[trace.box];
      EXPECT_EQ(box.sign, box.label == "-aVR" ? -1 : 1);
      const auto& samples = record.lead(trace.lead).samples;
      for (std::size_t i = 0; i < trace.points.size(); i += 7)
        ASSERT_NEAR(trace.points[i].y,
                    box.baseline_y - box.sign * 40 * samples[trace.first_sample + i], 1e-3)
            << name << " " << box.label;
    }
  }
}

TEST(Layout, UpToThreeStripsOfTheWholeWidth) {
  const std::vector<std::string> leads{"II", "V1", "V5"};
  for (std::size_t count = 0; count <= 3; ++count) {
    const std::vector<std::string> strips(leads.begin(),
                                          leads.begin() + static_cast<std::ptrdiff_t>(count));
    const auto page = draw_page(example_record(), layout("3x4", strips));
    ASSERT_EQ(page.boxes.size(), 12 + count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(page.boxes[12 + i].lead, leads[i]);
      EXPECT_EQ(page.boxes[12 + i].duration_s, 10);
      EXPECT_EQ(page.boxes[12 + i].start_s, 0);
    }
  }
  EXPECT_TRUE(
      has(error_of(ExitCode::usage,
                   [] { draw_page(example_record(), layout("3x4", {"I", "II", "III", "V1"})); }),
          "at most three leads, got 4"));
}

TEST(Layout, EveryBandLiesOnItsPaperAndAboveTheNext) {
  for (const auto* paper : {"model", "2:1", "4:1", "a4", "letter"})
    for (const auto* name : {"3x4", "6x2", "12x1"})
      for (const std::size_t strips : {0, 1, 3}) {
        auto config = layout(name, std::vector<std::string>(strips, "II"));
        config.paper = paper;
        const auto page = draw_page(example_record(), config);
        for (std::size_t i = 0; i < page.boxes.size(); ++i) {
          const auto& box = page.boxes[i];
          EXPECT_GE(box.y, 0) << paper << name;
          EXPECT_LE(box.y + box.height, page.image.height) << paper << name;
          EXPECT_LE(box.x + box.width, page.image.width) << paper << name;
          for (std::size_t j = 0; j < i; ++j) {
            const auto& other = page.boxes[j];
            const bool apart =
                box.x >= other.x + other.width - 1e-6 || other.x >= box.x + box.width - 1e-6 ||
                box.y >= other.y + other.height - 1e-6 || other.y >= box.y + box.height - 1e-6;
            EXPECT_TRUE(apart) << paper << " " << name << ": " << box.label << " and "
                               << other.label;
          }
        }
      }
}

TEST(Layout, PapersHaveTheSizesOfTheModelsCanvases) {
  for (const auto& [paper, width, height] : {std::tuple{"model", 1120, 864},
                                             {"2:1", 1120, 560},
                                             {"4:1", 2240, 560},
                                             {"letter", 2200, 1700},
                                             {"a4", 2339, 1654}}) {
    PageConfig config;
    config.paper = paper;
    const auto page = draw_page(example_record(), config);
    EXPECT_EQ(page.image.width, width) << paper;
    EXPECT_EQ(page.image.height, height) << paper;
    config.px_per_mm = 6;
    EXPECT_EQ(draw_page(example_record(), config).image.width,
              std::lround(6 * width / page.px_per_mm))
        << paper;
  }
  PageConfig tiny;
  tiny.px_per_mm = 0.5;
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [&] { draw_page(example_record(), tiny); }), "px_per_mm"));
}

TEST(Layout, AMillimetreIsAMillimetreAtAnyResolution) {
  // Gain, speed and grid agree: one millivolt and 0.2 s apart are ten and five grid lines apart.
  for (const double px_per_mm : {1.0, 3.3, 4.0, 7.874, 12.5, 20.0})
    for (const double speed : {25.0, 50.0})
      for (const double gain : {5.0, 10.0, 20.0}) {
        PageConfig config;
        config.px_per_mm = px_per_mm, config.mm_per_s = speed, config.mm_per_mv = gain;
        const auto record = example_record();
        const auto page = draw_page(record, config);
        const auto& trace = page.traces.back();
        const auto& samples = record.lead(trace.lead).samples;
        const auto& box = page.boxes[trace.box];
        EXPECT_NEAR((trace.points[20].x - trace.points[0].x) / px_per_mm, 0.2 * speed, 1e-3);
        EXPECT_NEAR((box.baseline_y - trace.points[39].y) / px_per_mm, samples[39] * gain, 1e-3);
        EXPECT_NEAR(std::fmod(box.x / px_per_mm + 1e-9, 5), 0, 1e-6)
            << "traces start on a heavy line";
      }
}

TEST(Layout, InkBeyondThePaperIsCounted) {
  auto record = example_record();
  EXPECT_EQ(draw_page(record, {}).samples_off_page, 0u);
  auto& samples = record.leads[0].samples;  // I, first row
  samples[100] = 30, samples[101] = -40, samples[102] = 3;
  EXPECT_EQ(draw_page(record, {}).samples_off_page, 2u);
}

TEST(Layout, ATraceThatLeavesItsBandRunsOverItsNeighbours) {
  auto record = example_record();
  for (auto& lead : record.leads) std::fill(lead.samples.begin(), lead.samples.end(), 0);
  for (std::size_t i = 100; i < 120; ++i)
    record.leads[0].samples[i] = -6;  // into the rows of II and III
  const auto page = draw_page(record, {});
  const int x = static_cast<int>(page.boxes[0].x) + 110,
            y = static_cast<int>(page.boxes[0].baseline_y + 6 * 40);
  EXPECT_GT(y, page.boxes[4].y);
  EXPECT_LT(page.image.rgb[static_cast<std::size_t>((y * page.image.width + x) * 3)], 60);
}

}  // namespace
}  // namespace ecg_lora::page
