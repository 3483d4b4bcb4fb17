#include "ecg_lora/page/recordings/write_pages.h"

#include <cmath>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/page/recordings/check_pages.h"
#include "example.h"

namespace ecg_lora::page {
namespace {

using ecg_lora::testing::error_of;
using ecg_lora::testing::example_record;
using ecg_lora::testing::has;
using ecg_lora::testing::TemporaryFolder;

/// "a", and "b" that cannot be read.
std::vector<Recording> recordings(const TemporaryFolder& folder) {
  wfdb::write_record(folder / "a", example_record());
  write_file(folder / "b.hea", "damaged");
  return {{folder / "a", "a", {}}, {folder / "b", "b", {}}};
}

PageFiles files_in(const TemporaryFolder& folder) {
  PageFiles files;
  files.out = (folder / "out").string();
  files.with_ground_truth = true, files.skip_bad = true;
  return files;
}

TEST(WritePages, ListsWhatItSkipsAndKeepsWhatIsThere) {
  const TemporaryFolder folder;
  const auto files = files_in(folder);
  const auto first = write_pages(recordings(folder), {}, files);
  EXPECT_EQ(first.found, 0u);
  EXPECT_EQ(first.skipped, 1u);
  EXPECT_TRUE(std::filesystem::exists(folder / "out/a.png"));
  EXPECT_TRUE(std::filesystem::exists(folder / "out/a.json"));
  EXPECT_TRUE(has(read_file(folder / "out/skipped.csv"), "record,why\nb,"));
  EXPECT_EQ(write_pages(recordings(folder), {}, files).found, 1u);
}

TEST(WritePages, StopsAtWhatCannotBeRead) {
  const TemporaryFolder folder;
  auto files = files_in(folder);
  files.skip_bad = false;
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { write_pages(recordings(folder), {}, files); }), "b.hea"));
}

TEST(WritePages, RefusesAFolderOfAnotherStyle) {
  const TemporaryFolder folder;
  write_pages(recordings(folder), {}, files_in(folder));
  PageStyle other;
  other.page.header = true;
  EXPECT_TRUE(has(
      error_of(ExitCode::usage, [&] { write_pages(recordings(folder), other, files_in(folder)); }),
      "holds pages of another config"));
}

TEST(WritePages, WritesOnePage) {
  const TemporaryFolder folder;
  PageFiles files;
  files.single = true, files.out = (folder / "page.png").string();
  const auto written = write_pages({recordings(folder).front()}, {}, files);
  EXPECT_EQ(written.width, 1120);
  EXPECT_EQ(written.height, 864);
}

TEST(CheckPages, SumsWhatWasReadBack) {
  std::vector<PageFidelity> pages;
  for (int i = 0; i < 40; ++i)
    pages.push_back({"p" + std::to_string(i), {10, 1, 9, 0.1, 0.5}, 60.0 - i});
  pages.push_back({"flat", {30, 0, 30, 0.5, 2}, std::nan("")});
  const auto statistics = fidelity_statistics(pages);
  EXPECT_EQ(statistics.ink.compared, 430u);
  EXPECT_NEAR(statistics.ink.mean, (400 * 0.1 + 30 * 0.5) / 430, 1e-12);
  EXPECT_EQ(statistics.ink.worst, 2);
  EXPECT_EQ(statistics.pages, 40u);
  EXPECT_EQ(statistics.reached, 40u);
  EXPECT_EQ(statistics.lowest, 21);
  EXPECT_EQ(statistics.lowest_name, "p39");
  EXPECT_EQ(statistics.of_95_percent, 23);
  EXPECT_EQ(statistics.median, 41);
  EXPECT_TRUE(has(to_text(statistics), "430 places, 90.698 % within half a pixel, mean 0.128 px"));
  EXPECT_TRUE(has(to_text(statistics), "40 of 40 pages (100.0 %) reach 20 dB\n"));
}

TEST(CheckPages, SaysIfNoPageHasATrace) {
  EXPECT_EQ(to_text(fidelity_statistics({})),
            "along the ground truth: 0 places, 0.000 % within half a pixel, mean 0.000 px, "
            "farthest 0.0 px; 0 left out next to other ink\nby columns: no page with a trace\n");
}

TEST(CheckPages, ReadsCleanPagesBack) {
  const TemporaryFolder folder;
  PageStyle style;
  const auto pages = check_pages({recordings(folder).front()}, style, 1);
  EXPECT_GT(fidelity_statistics(pages).lowest, 20);
  style.paper.preset = "scan";
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { check_pages({}, style, 1); }), "--paper scan"));
}

}  // namespace
}  // namespace ecg_lora::page
