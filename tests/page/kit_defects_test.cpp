// Defects of ecg-image-kit that a page here must not have, besides those of layouts (layout_test),
// colours (colours_test) and the size of the ground truth (ground_truth_test): input is scaled by
// its gain, and the same page comes out whatever runs at the same time.
#include <gtest/gtest.h>

#include "base/expect_error.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/page/render/ground_truth.h"
#include "example.h"
#include "support/shared_data.h"

namespace ecg_lora::page {
namespace {

using testing::example_record;
using testing::TemporaryFolder;

TEST(KitDefects, InputIsScaledByItsGain) {
  const TemporaryFolder folder;
  auto record = example_record();
  for (auto& lead : record.leads)
    for (auto& sample : lead.samples)
      sample = std::round(sample * 200) / 200;  // exact at both gains
  wfdb::write_record(folder / "fine", record, 1000);
  wfdb::write_record(folder / "coarse", record, 200);
  EXPECT_EQ(draw_page(wfdb::read_record(folder / "fine"), {}).image.rgb,
            draw_page(wfdb::read_record(folder / "coarse"), {}).image.rgb);
}

TEST(KitDefects, AMatFileIsScaledByItsGain) {
  ECG_LORA_NEEDS_SHARED("wfdb/challenge-mat");
  const auto page =
      draw_page(wfdb::read_record(testing::shared_data() / "wfdb/challenge-mat/HR06000"), {});
  ASSERT_EQ(page.traces.size(), 13u);
  for (const auto& trace : page.traces)
    for (const auto& point : trace.points)
      ASSERT_LT(std::abs(point.y - page.boxes[trace.box].baseline_y), 4 * 40)
          << trace.lead << ": more than 4 mV";
}

TEST(KitDefects, ThreadsChangeNoByte) {
  const auto draw_all = [](int workers) {
    std::vector<std::string> files(24);
    parallel_for(files.size(), workers, [&](std::size_t i) {
      PageConfig config;
      config.layout = i % 3 == 0 ? "3x4" : i % 3 == 1 ? "6x2" : "12x1";
      config.colours = i % 2 == 0 ? "pink" : "brown";
      config.px_per_mm = 3 + 0.7 * static_cast<double>(i % 5);
      config.header = true;
      GroundTruth truth{
          "example", Json::object(),
          draw_page(example_record(i % 4 == 0 ? 500 : 100), config, header_of(example_record()))};
      files[i] = encode_png(truth.page.image) + ground_truth_text(truth);
    });
    return files;
  };
  const auto one = draw_all(1);
  EXPECT_EQ(one, draw_all(4));
  EXPECT_EQ(one, draw_all(1));
}

}  // namespace
}  // namespace ecg_lora::page
