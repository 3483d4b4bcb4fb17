#include "ecg_lora/page/digitize/digitize.h"

#include <cmath>

#include "base/expect_error.h"
#include "ecg_lora/base/parallel.h"
#include "example.h"
#include "support/shared_data.h"

namespace ecg_lora::page {
namespace {

using testing::example_record;

std::vector<PageConfig> configs() {
  std::vector<PageConfig> result(6);
  result[1].layout = "6x2", result[1].order = "cabrera", result[1].colours = "blue",
  result[1].px_per_mm = 6;
  result[2].layout = "12x1", result[2].rhythm_leads = {}, result[2].mm_per_mv = 5,
  result[2].colours = "green";
  result[3].paper = "4:1", result[3].mm_per_mv = 5, result[3].rhythm_leads = {};
  result[4].paper = "letter", result[4].mm_per_s = 50, result[4].colours = "black_and_white",
  result[4].header = true;
  result[5].paper = "2:1", result[5].rhythm_leads = {"V1", "II", "V5"}, result[5].colours = "red",
  result[5].mm_per_mv = 5;
  return result;
}

TEST(Digitize, TheInkIsWhereTheGroundTruthSays) {
  for (const auto& config : configs()) {
    const auto found = measure_ink(draw_page(example_record(), config), config);
    EXPECT_GT(found.compared, 1000u) << config.layout;
    EXPECT_EQ(found.within_half, found.compared)
        << config.layout << " on " << config.paper << ", farthest " << found.worst;
    EXPECT_LT(found.mean, 0.15) << config.layout;
    EXPECT_LT(found.crowded, found.compared / 4) << config.layout;
  }
}

TEST(Digitize, InkBesideTheGroundTruthIsSeen) {
  for (const auto& [dx, dy] : {std::pair{0.0F, 1.0F}, {0.0F, -0.8F}, {6.0F, 0.0F}}) {
    auto page = draw_page(example_record(), {});
    for (auto& trace : page.traces)
      for (auto& point : trace.points) point.x += dx, point.y += dy;
    const auto found = measure_ink(page, {});
    EXPECT_LT(found.within_half, found.compared - found.compared / 8) << dx << " " << dy;
    EXPECT_GT(found.worst, 0.7);
  }
  auto page = draw_page(example_record(), {});
  std::fill(page.image.rgb.begin(), page.image.rgb.end(), 255);
  EXPECT_EQ(measure_ink(page, {}).within_half, 0u);
}

TEST(Digitize, ReadsAPageOfWhichOnlyTheLayoutIsKnown) {
  for (auto config : configs()) {
    config.mm_per_mv = 5;
    auto record = example_record();
    for (auto& lead : record.leads)
      for (auto& sample : lead.samples)
        sample *= 0.8;  // waves that run into those of another lead are beyond this reader
    const auto read = digitize(draw_page(record, config).image, config);
    ASSERT_EQ(read.size(), 12 + config.rhythm_leads.size());
    EXPECT_GE(signal_to_noise(record, read), 20) << config.layout << " on " << config.paper;
  }
}

TEST(Digitize, SignalToNoiseIsThatOfItsDefinition) {
  wfdb::Record record;
  record.sampling_rate = 100;
  record.leads.push_back({"I", "mV", {}});
  for (int i = 0; i < 1000; ++i)
    record.leads[0].samples.push_back(i % 2 == 0 ? 1.5 : -0.5);  // power 1 about its mean
  ReadLead read{"I", 0, 100, {}};
  for (int i = 0; i < 1000; ++i)
    read.mv.push_back(record.leads[0].samples[static_cast<std::size_t>(i)] +
                      (i % 2 == 0 ? 0.1 : -0.1));
  EXPECT_NEAR(signal_to_noise(record, {read}), 20, 1e-9);
  std::fill(read.mv.begin(), read.mv.end(), std::nan(""));
  EXPECT_NEAR(signal_to_noise(record, {read}), 0, 1e-9);
  EXPECT_TRUE(std::isnan(signal_to_noise(record, {})));
}

/// Figures of every twentieth of the first PTB-XL records at one rate.
std::vector<double> real_records(int rate, const PageConfig& config, InkDistance& ink) {
  std::vector<double> snr;
  for (int id = 20; id <= 100; id += 20) {
    const auto path =
        testing::shared_data() / cat("ptbxl/records", rate, "/00000/", id < 100 ? "000" : "00", id,
                                     rate == 100 ? "_lr" : "_hr");
    const auto record = wfdb::read_record(path);
    const auto page = draw_page(record, config);
    const auto found = measure_ink(page, config);
    ink.compared += found.compared, ink.within_half += found.within_half;
    snr.push_back(signal_to_noise(record, digitize(page.image, config)));
  }
  std::sort(snr.begin(), snr.end());
  return snr;
}

TEST(Digitize, RealRecordsSurviveThePaper) {
  ECG_LORA_NEEDS_SHARED("ptbxl");
  InkDistance ink;
  const auto slow = real_records(100, {}, ink);
  EXPECT_EQ(ink.within_half, ink.compared);
  EXPECT_GE(slow.front(), 20);
  EXPECT_GE(slow[slow.size() / 2], 28);
  PageConfig fine;
  fine.px_per_mm = 8;
  const auto fast = real_records(500, fine, ink);
  EXPECT_GE(static_cast<double>(ink.within_half), 0.999 * static_cast<double>(ink.compared));
  EXPECT_GE(fast.front(), 20);
  EXPECT_GE(fast[fast.size() / 2], 24);
}

}  // namespace
}  // namespace ecg_lora::page
