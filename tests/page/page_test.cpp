#include "ecg_lora/page/render/page.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

#include "base/expect_error.h"

namespace ecg_lora::page {
namespace {

constexpr double kPxPerMv = 40, kPxPerS = 100;  // 4 px/mm, 10 mm/mV, 25 mm/s

/// Ten seconds of all leads at 100 Hz, each constant at `mv`.
wfdb::Record record(double mv) {
  wfdb::Record result;
  result.sampling_rate = 100;
  for (const auto& name : wfdb::standard_leads())
    result.leads.push_back({name, "mV", std::vector<double>(1000, mv)});
  return result;
}

PageConfig config() {
  return {};
}

PageHeader named(const std::string& name) {
  PageHeader header;
  header.name = name;
  return header;
}

bool is_ink(const Image& image, int x, int y) {
  const auto at = (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                   static_cast<std::size_t>(x)) *
                  3;
  return image.rgb[at] < 100 && image.rgb[at + 1] < 100 && image.rgb[at + 2] < 100;
}

/// Rows with ink in column `x` between `top` and `bottom`; the trace where nothing else is drawn.
std::vector<int> ink_rows(const Image& image, double x, double top, double bottom) {
  std::vector<int> rows;
  for (int y = std::max(0, static_cast<int>(top));
       y < std::min<int>(image.height, static_cast<int>(bottom)); ++y)
    if (is_ink(image, static_cast<int>(std::lround(x)), y)) rows.push_back(y);
  return rows;
}

double mean(const std::vector<int>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

const LeadBox& box(const Page& page, const std::string& lead) {
  for (const auto& candidate : page.boxes)
    if (candidate.lead == lead && candidate.duration_s < 5) return candidate;
  throw std::logic_error("no box of lead " + lead);
}

std::vector<int> trace_rows(const Page& page, const LeadBox& where, double seconds) {
  return ink_rows(page.image, where.x + seconds * kPxPerS, where.baseline_y - 80,
                  where.baseline_y + 80);
}

TEST(Page, IsOfTheSizeAndLayoutOfPaper) {
  const auto page = draw_page(record(0), config());
  EXPECT_EQ(page.image.width, 1120);
  EXPECT_EQ(page.image.height, 864);
  EXPECT_EQ(page.image.rgb.size(), 1120u * 864u * 3u);
  ASSERT_EQ(page.boxes.size(), 13u);
  EXPECT_EQ(page.boxes.back().lead, "II");
  EXPECT_EQ(page.boxes.back().duration_s, 10);
  for (const auto& b : page.boxes) {
    EXPECT_EQ(b.width, b.duration_s * kPxPerS) << b.lead;
    EXPECT_GE(b.x, 0);
    EXPECT_LE(b.x + b.width, page.image.width);
    EXPECT_LE(b.y + b.height, page.image.height);
  }
  EXPECT_EQ(box(page, "V1").start_s, 5);
  EXPECT_EQ(box(page, "V1").x - box(page, "I").x, 500);
}

TEST(Page, SizeFollowsResolution) {
  auto fine = config();
  fine.px_per_mm = 8;
  fine.rhythm_leads = {};
  const auto page = draw_page(record(0), fine);
  EXPECT_EQ(page.image.width, 2240);
  EXPECT_EQ(page.image.height, 1728);
  EXPECT_EQ(page.boxes.size(), 12u);
}

TEST(Page, AMillivoltIsFortyPixelsUp) {
  for (const double mv : {-1.5, -0.25, 0.0, 0.5, 1.0}) {
    const auto page = draw_page(record(mv), config());
    for (const auto& b : page.boxes)
      for (double second = 0.75; second < b.duration_s - 0.1; second += 0.4) {
        const auto rows = trace_rows(page, b, second);
        ASSERT_FALSE(rows.empty()) << b.lead << " at " << second << " s, " << mv << " mV";
        EXPECT_NEAR(mean(rows), b.baseline_y - mv * kPxPerMv, 0.75)
            << b.lead << " at " << second << " s";
      }
  }
}

TEST(Page, GainAndSpeedScaleTheTrace) {
  auto other = config();
  other.mm_per_mv = 20;
  other.mm_per_s = 50;
  auto steps = record(0);
  for (auto& lead : steps.leads)
    std::fill(lead.samples.begin() + 50, lead.samples.begin() + 100, 0.5);
  const auto page = draw_page(steps, other);
  const auto& b = box(page, "I");
  EXPECT_EQ(b.duration_s, 1.25);
  EXPECT_NEAR(mean(trace_rows(page, b, 2 * 0.75)), b.baseline_y - 40,
              0.75);  // 0.75 s lies 150 px in
  EXPECT_NEAR(mean(trace_rows(page, b, 2 * 1.15)), b.baseline_y, 0.75);
}

TEST(Page, ASecondIsAHundredPixels) {
  auto spike = record(0);
  for (auto& lead : spike.leads)
    for (const std::size_t second : {1, 4, 6, 9}) lead.samples[second * 100] = 1;
  const auto page = draw_page(spike, config());
  const auto top_at = [&](const LeadBox& b, double seconds) {
    const auto rows = trace_rows(page, b, seconds - b.start_s);
    return rows.empty() ? b.baseline_y : rows.front();
  };
  for (const auto& [lead, second] :
       {std::pair{"I", 1}, {"aVR", 4}, {"V1", 6}, {"V4", 9}, {"III", 1}, {"V6", 9}}) {
    const auto& b = box(page, lead);
    EXPECT_NEAR(top_at(b, second), b.baseline_y - 40, 3) << lead;
    EXPECT_NEAR(top_at(b, second - 0.03), b.baseline_y, 2) << lead;
    EXPECT_NEAR(top_at(b, second + 0.03), b.baseline_y, 2) << lead;
  }
  for (const int second : {1, 4, 6, 9})
    EXPECT_NEAR(top_at(page.boxes.back(), second), page.boxes.back().baseline_y - 40, 3);
}

TEST(Page, SamplingRateChangesNoPlace) {
  auto fast = record(0.5);
  fast.sampling_rate = 500;
  for (auto& lead : fast.leads) lead.samples.assign(5000, 0.5);
  const auto slow = draw_page(record(0.5), config()).image, page = draw_page(fast, config()).image;
  ASSERT_EQ(page.rgb.size(), slow.rgb.size());
  for (int y = 0; y < page.height; ++y)
    for (int x = 0; x < page.width; ++x) {
      if (is_ink(page, x, y) == is_ink(slow, x, y)) continue;
      EXPECT_NEAR(x, 20 * 4 + 9.99 * kPxPerS, 2)
          << "row " << y;  // the last sample lies at 9.998 s instead of 9.99 s
    }
}

TEST(Page, NanSamplesLeaveAGap) {
  auto gap = record(-0.5);
  auto& samples = gap.leads[0].samples;  // I shows 0 … 2.5 s
  std::fill(samples.begin() + 100, samples.begin() + 150, std::numeric_limits<double>::quiet_NaN());
  const auto page = draw_page(gap, config());
  const auto& b = box(page, "I");
  for (int i = 103; i < 147; ++i)
    EXPECT_TRUE(trace_rows(page, b, i / 100.0).empty()) << "sample " << i;
  EXPECT_FALSE(trace_rows(page, b, 0.95).empty());
  EXPECT_FALSE(trace_rows(page, b, 1.55).empty());
  EXPECT_FALSE(trace_rows(page, box(page, "III"), 1.25).empty());
}

TEST(Page, AMissingLeadAndAShortRecordLeaveTheirPlacesEmpty) {
  auto less = record(-0.5);
  less.leads.erase(less.leads.begin() + 6);  // V1
  for (auto& lead : less.leads) lead.samples.resize(800);
  const auto page = draw_page(less, config());
  for (double second = 0.5; second < 2.4; second += 0.1)
    EXPECT_TRUE(trace_rows(page, box(page, "V1"), second).empty()) << second;
  EXPECT_FALSE(trace_rows(page, box(page, "V2"), 1).empty());
  EXPECT_FALSE(trace_rows(page, box(page, "V5"), 0.4).empty());
  EXPECT_TRUE(trace_rows(page, box(page, "V5"), 0.6).empty());  // 8.1 s
  auto none = record(0);
  none.leads.clear();
  EXPECT_EQ(draw_page(none, config()).boxes.size(), 13u);
}

TEST(Page, LeadsOfOtherNamesAreRefused) {
  auto other = record(0);
  other.name = "mit100";
  other.leads.resize(2);
  other.leads[0].name = "MLII", other.leads[1].name = "V5 (chest)";
  const auto error = testing::error_of(ExitCode::data, [&] { draw_page(other, config()); });
  EXPECT_TRUE(testing::has(error, "recording mit100 has leads MLII, V5 (chest)")) << error;
}

TEST(Page, CalibrationPulsesAreAMillivoltTallAndAFifthOfASecondWide) {
  wfdb::Record empty;
  empty.sampling_rate = 100;
  auto without = config();
  without.calibration = false;
  const auto page = draw_page(empty, config()), bare = draw_page(empty, without);
  for (const int row : {0, 4, 8, 12}) {
    const auto& b = page.boxes[static_cast<std::size_t>(row)];
    int left = 1 << 20, right = 0, top = 1 << 20, bottom = 0;
    for (int y = static_cast<int>(b.y); y < static_cast<int>(b.y + b.height); ++y)
      for (int x = 0; x < static_cast<int>(b.x); ++x) {
        EXPECT_FALSE(is_ink(bare.image, x, y));
        if (!is_ink(page.image, x, y)) continue;
        top = std::min(top, y), bottom = std::max(bottom, y);
        if (y < b.baseline_y - 20) left = std::min(left, x), right = std::max(right, x);
      }
    EXPECT_NEAR(bottom - top, 40, 1) << "row " << row;
    EXPECT_NEAR(right - left, 20, 1) << "row " << row;
    EXPECT_NEAR(bottom, b.baseline_y, 1) << "row " << row;
  }
}

TEST(Page, HeaderIsDrawnWhereAsked) {
  auto with = config();
  with.header = true;
  const auto plain = draw_page(record(0), config(), named("record 1")),
             headed = draw_page(record(0), with, named("record 1"));
  std::size_t ink = 0;
  for (int x = 0; x < 1120; ++x) {
    EXPECT_TRUE(ink_rows(plain.image, x, 0, 60).empty());
    ink += ink_rows(headed.image, x, 0, 60).size();
  }
  EXPECT_GT(ink, 100u);
  EXPECT_NE(draw_page(record(0), with, named("record 2")).image.rgb, headed.image.rgb);
}

TEST(Page, IsTheSameInEveryThread) {
  auto waves = record(0);
  for (std::size_t lead = 0; lead < waves.leads.size(); ++lead)
    for (std::size_t i = 0; i < 1000; ++i)
      waves.leads[lead].samples[i] = std::sin(0.1 * static_cast<double>(i * (lead + 1)));
  auto odd = config();
  odd.px_per_mm = 3.7;  // a grid that no other test has drawn
  std::vector<std::vector<std::uint8_t>> pages(8);
  std::vector<std::thread> threads;
  for (auto& page : pages) threads.emplace_back([&] { page = draw_page(waves, odd).image.rgb; });
  for (auto& thread : threads) thread.join();
  for (const auto& page : pages) EXPECT_EQ(page, pages.front());
  EXPECT_EQ(draw_page(waves, odd).image.rgb, pages.front());
}

}  // namespace
}  // namespace ecg_lora::page
