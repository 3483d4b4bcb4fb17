#include "ecg_lora/ecg/wfdb/record.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>

#include "ecg_lora/base/file.h"
#include "ecg_lora/base/random.h"
#include "support/shared_data.h"
#include "wfdb/scratch.h"

namespace ecg_lora::wfdb {
namespace {

using namespace testing;
using ecg_lora::testing::shared_data;

Record random_record(std::size_t samples) {
  Random random{samples};
  Record record{"r", 100, {}, {"a comment"}};
  for (const std::string& name : standard_leads()) {
    Lead lead{name, "mV", {}};
    for (std::size_t i = 0; i < samples; ++i)
      lead.samples.push_back(std::nearbyint(random.normal(0, 900)) / 1000);
    record.leads.push_back(lead);
  }
  return record;
}

TEST(Record, ReadsWhatItWrote) {
  const TemporaryFolder folder;
  Record written = random_record(1000);
  written.leads[3].samples[17] = std::numeric_limits<double>::quiet_NaN();
  write_record(folder / "r", written);
  const Record read = read_record(folder / "r");
  EXPECT_EQ(read.name, "r");
  EXPECT_EQ(read.sampling_rate, 100);
  EXPECT_EQ(read.duration(), 10);
  EXPECT_EQ(read.comments, written.comments);
  ASSERT_EQ(read.leads.size(), 12u);
  EXPECT_TRUE(std::isnan(read.leads[3].samples[17]));
  written.leads[3].samples[17] = 0;
  for (std::size_t k = 0; k < 12; ++k) {
    Lead lead = read.leads[k];
    if (k == 3) lead.samples[17] = 0;
    EXPECT_EQ(lead.name, written.leads[k].name);
    EXPECT_EQ(lead.samples, written.leads[k].samples);
  }
}

TEST(Record, WritesTheHeaderAsPtbXlDoes) {
  const TemporaryFolder folder;
  write_record(folder / "00001_lr", {"", 100, {{"I", "mV", {-0.119, 0.2, -0.082}}}, {}});
  EXPECT_EQ(read_file(folder / "00001_lr.hea"),
            "00001_lr 1 100 3\n00001_lr.dat 16 1000.0(0)/mV 16 0 -119 65535 0 I\n");
}

TEST(Record, FindsEachFlippedBit) {
  const TemporaryFolder folder;
  write_record(folder / "r", random_record(50));
  const std::string whole = read_file(folder / "r.dat");
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1 << at % 8);
    write_plain(folder / "r.dat", damaged);
    const std::string message = error_of(ExitCode::data, [&] { read_record(folder / "r"); });
    EXPECT_TRUE(has(message, "checksum")) << "byte " << at;
  }
}

TEST(Record, SaysWhatIsTruncatedOrMissing) {
  const TemporaryFolder folder;
  write_record(folder / "r", random_record(50));
  write_plain(folder / "r.dat", read_file(folder / "r.dat").substr(0, 1199));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { read_record(folder / "r"); }),
                  "expected 50 samples of 12 signals"));
  std::filesystem::remove(folder / "r.dat");
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { read_record(folder / "r"); }), "r.dat"));
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { read_record(folder / "nothing"); }), "nothing.hea"));
}

TEST(Record, RefusesToWriteWhatDoesNotFit) {
  const TemporaryFolder folder;
  Record record{"", 100, {{"I", "mV", {0, 32.768}}}, {}};
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { write_record(folder / "r", record); }),
                  "sample 1 of lead I is 32.768"));
  record.leads[0].samples[1] = -32.768;  // the mark of an invalid sample
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { write_record(folder / "r", record); }), "at most 32.767"));
  record.leads[0].samples[1] = std::numeric_limits<double>::infinity();
  error_of(ExitCode::data, [&] { write_record(folder / "r", record); });
  record.leads[0].samples[1] = 0;
  record.leads.push_back({"II", "mV", {0}});
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { write_record(folder / "r", record); }),
                  "lead II has 1 samples, expected 2"));
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(Record, ListsItsLeadsWhereOneIsMissing) {
  const Record record{"r", 100, {{"I", "mV", {}}, {"V1", "mV", {}}}, {}};
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { record.lead("V9"); }),
                  "expected a lead V9, got the leads I, V1"));
}

#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
TEST(Record, ReadsInAFractionOfAMillisecond) {
  const TemporaryFolder folder;
  write_record(folder / "r", random_record(1000));
  double best = 1e9;  // of several rounds, in processor time: other programs do not count
  for (int round = 0; round < 5; ++round) {
    const std::clock_t start = std::clock();
    for (int i = 0; i < 50; ++i) read_record(folder / "r");
    best = std::min(best, 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / 50);
  }
  EXPECT_LT(best, 0.3) << "ms a record";
}
#endif

TEST(SharedRecords, ObeyEinthoven) {
  ECG_LORA_NEEDS_SHARED("ptbxl");
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(shared_data() / "ptbxl/records100")) {
    if (entry.path().extension() == ".hea") paths.push_back(entry.path());
  }
  ASSERT_EQ(paths.size(), 488u);
  double worst = 0;
  for (const auto& path : paths) {
    const Record record = read_record(path);
    ASSERT_EQ(record.length(), 1000u);
    for (std::size_t k = 0; k < 12; ++k) ASSERT_EQ(record.leads[k].name, standard_leads()[k]);
    for (std::size_t i = 0; i < 1000; ++i) {
      const double sum =
          record.leads[0].samples[i] + record.leads[2].samples[i] - record.leads[1].samples[i];
      worst = std::max(worst, std::abs(sum));
    }
  }
  EXPECT_LT(worst, 0.0031) << "I + III = II to the rounding of PTB-XL's resampling";
}

/// What the WFDB library's own `rdsamp -r binformats` prints, in ADC units: ten signals, each in
/// another format.
TEST(SharedRecords, EqualRdsampInTenFormats) {
  ECG_LORA_NEEDS_SHARED("wfdb");
  const auto root = shared_data() / "wfdb/formats";
  const Record record = read_record(root / "binformats");
  ASSERT_EQ(record.leads.size(), 10u);
  std::istringstream expected(read_file(root / "binformats.rdsamp.txt"));
  std::size_t compared = 0;
  for (std::size_t i = 0; i < record.length(); ++i) {
    for (const Lead& lead : record.leads) {
      double adc = 0;
      ASSERT_TRUE(expected >> adc) << "row " << i;
      ASSERT_EQ(lead.samples[i], adc / 200) << lead.name << ", row " << i;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 4990u);
}

TEST(SharedRecords, ReadMatlabFilesAndRecord100) {
  ECG_LORA_NEEDS_SHARED("wfdb");
  const auto root = shared_data() / "wfdb";
  EXPECT_EQ(read_record(root / "challenge-mat/HR06000").length(), 5000u);
  EXPECT_EQ(read_record(root / "formats/100").length(), 650000u);
}

}  // namespace
}  // namespace ecg_lora::wfdb
