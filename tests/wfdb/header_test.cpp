// Headers as found in the wild, and damaged ones.
#include <cmath>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/wfdb/record.h"

namespace ecg_lora::wfdb {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

/// Two signals of three samples: 1, 2, 3 and -4, -32768, 6.
const std::string kSamples("\1\0\xfc\xff\2\0\0\x80\3\0\6\0", 12);

Record read(const std::string& header, const std::string& samples = kSamples) {
  const TemporaryFolder folder;
  write_file(folder / "r.hea", header);
  write_file(folder / "r.dat", samples);
  return read_record(folder / "r");
}

std::string error(const std::string& header, const std::string& samples = kSamples) {
  return error_of(ExitCode::data, [&] { read(header, samples); });
}

TEST(Header, AppliesGainBaselineAndUnits) {
  const Record record = read(
      "r 2 500 3\nr.dat 16 10(-1)/uV 16 0 1 6 0 AVR\nr.dat 16 4.0/mV 12 2 -4 -32766 0 v6\n# 63 years, "
      "female\n");
  EXPECT_EQ(record.sampling_rate, 500);
  EXPECT_EQ(record.lead("aVR").samples,
            (std::vector<double>{2 / 10.0 * 1e-3, 3 / 10.0 * 1e-3, 4 / 10.0 * 1e-3}));
  EXPECT_EQ(record.lead("aVR").unit, "mV");
  EXPECT_EQ(record.lead("V6").samples[0], -1.5) << "without a baseline, the ADC zero is 0 mV";
  EXPECT_TRUE(std::isnan(record.lead("V6").samples[1]));
  EXPECT_EQ(record.comments, std::vector<std::string>{"63 years, female"});
}

TEST(Header, TakesWhatIsLeftOut) {
  const Record record = read("r 2\r\nr.dat 16\r\nr.dat 16 0 16 0 -4 32770\r\n");
  EXPECT_EQ(record.sampling_rate, 250);
  EXPECT_EQ(record.length(), 3u);
  EXPECT_EQ(record.leads[0].samples[2], 3 / 200.0);
}

TEST(Header, ReadsSignalsAtAnOffsetAndInSeveralFiles) {
  const TemporaryFolder folder;
  write_file(folder / "r.hea",
             "r 3 100 3\na.mat 16x1+4 1/mV\na.mat 16x1+4 1/mV\nb.dat 16 1/mV 16 0 7 24 0 pulse wave\n");
  write_file(folder / "a.mat", "head" + kSamples);
  write_file(folder / "b.dat", std::string("\7\0\x8\0\x9\0", 6));
  const Record record = read_record(folder / "r.hea");
  EXPECT_EQ(record.leads[1].samples[2], 6);
  EXPECT_EQ(record.lead("pulse wave").samples, (std::vector<double>{7, 8, 9}));
}

TEST(Header, KeepsUnitsThatAreNoVoltage) {
  EXPECT_EQ(read("r 2 100 3\nr.dat 16 1/mmHg\nr.dat 16 1/mV\n").leads[0].unit, "mmHg");
}

TEST(Header, AcceptsSignedAndUnsignedChecksums) {
  for (const char* sum : {"-32766", "32770"}) {
    EXPECT_EQ(read(cat("r 2 100 3\nr.dat 16 1/mV 16 0 1 6 0\nr.dat 16 1/mV 16 0 -4 ", sum, " 0\n")).length(),
              3u);
  }
}

TEST(Header, SaysWhatIsDamaged) {
  EXPECT_TRUE(has(error(""), "empty header"));
  EXPECT_TRUE(has(error("r two 100 3\n"), "line 1: expected a number for the count of signals, got 'two'"));
  EXPECT_TRUE(has(error("r -2 100 3\n"), "count of signals, got '-2'"));
  EXPECT_TRUE(has(error("r 99999999999999999999 100 3\n"), "count of signals"));
  EXPECT_TRUE(has(error("r 0 100 3\n"), "at least one signal"));
  EXPECT_TRUE(has(error("r 2 100 3\nr.dat 16\n"), "expected 2 signal lines, got 1"));
  EXPECT_TRUE(has(error("r 2 0 3\nr.dat 16\nr.dat 16\n"), "sampling rate above 0"));
  EXPECT_TRUE(has(error("r 2 nan 3\nr.dat 16\nr.dat 16\n"), "finite sampling rate"));
  EXPECT_TRUE(has(error("r/2 2 100 3\n"), "multi-segment"));
  EXPECT_TRUE(has(error("r 1 100 3\nr.dat\n"), "expected a file name and a signal format"));
  EXPECT_TRUE(has(error("r 1 100 3\nr.dat 212 200\n"), "format 212, expected format 16"));
  EXPECT_TRUE(has(error("r 1 100 3\nr.dat 16x4 200\n"), "expected 1 sample a frame, got 4"));
  EXPECT_TRUE(has(error("r 1 100 3\nr.dat 16 1000(0/mV\n"), "baseline in brackets"));
  EXPECT_TRUE(
      has(error("r 1 100 3\nr.dat 16 1000(0)/mV 16 0 1 x\n"), "line 2: expected a number for the checksum"));
  EXPECT_TRUE(has(error(std::string("\0\xff\1garbage", 10)), "line 1"));
}

TEST(Header, RefusesMoreSamplesThanTheFileHolds) {
  EXPECT_TRUE(has(error("r 2 100 4\nr.dat 16\nr.dat 16\n"), "expected 4 samples of 2 signals in format 16"));
  EXPECT_TRUE(has(error("r 2 100 9223372036854775807\nr.dat 16\nr.dat 16\n"), "the file is truncated"));
  EXPECT_TRUE(has(error("r 2 100 3\nr.dat 16\nr.dat 16\n", kSamples.substr(0, 11)), "got 11 bytes"));
  EXPECT_TRUE(has(error("r 2 100\nr.dat 16+4\nq.dat 16\n"), "q.dat"));
}

}  // namespace
}  // namespace ecg_lora::wfdb
