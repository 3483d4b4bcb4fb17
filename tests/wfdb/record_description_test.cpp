#include "ecg_lora/ecg/wfdb/record_description.h"

#include "wfdb/scratch.h"

namespace ecg_lora::wfdb {
namespace {

using namespace testing;

RecordDescription describe(const Files& files) {
  const TemporaryFolder folder;
  for (const auto& [name, bytes] : files) write_plain(folder / name, bytes);
  return describe_record(folder / "r");
}

const std::string kSamples("\1\0\xfc\xff\2\0\0\x80\3\0\6\0", 12);  // 1, 2, 3 and -4, -32768, 6

TEST(Describe, EveryFieldAndTheChecksums) {
  const auto found =
      describe({{"r.hea",
                 "r 2 100/50(7) 3 10:20:30 1/2/2003\nr.dat 16:1 10(-1)/uV 16 2 9 6 0 AVR\n"
                 "r.dat 16 4/mV 16 0    v6\n# Age: 51\n"},
                {"r.dat", kSamples}});
  EXPECT_EQ(found.name, "r");
  EXPECT_EQ(found.sampling_rate, 100);
  EXPECT_EQ(found.length, 3u);
  EXPECT_EQ(found.clock.base_counter, 7);
  EXPECT_EQ(found.comments, std::vector<std::string>{"Age: 51"});
  EXPECT_EQ(found.problem, "");
  ASSERT_EQ(found.signals.size(), 2u);
  const auto& first = found.signals[0];
  EXPECT_EQ(first.name + first.unit + first.file, "AVRuVr.dat");
  EXPECT_EQ(first.gain, 10);
  EXPECT_EQ(first.baseline, -1);
  EXPECT_EQ(first.adc_zero, 2);
  EXPECT_EQ(first.skew, 1u);
  EXPECT_EQ(first.initial_value, 9);
  EXPECT_EQ(first.checksum, 6);
  EXPECT_EQ(first.sum, 6) << "the samples before the skew count";
  EXPECT_FALSE(found.signals[1].checksum);
  EXPECT_EQ(found.signals[1].sum, 32770);
}

TEST(Describe, WhatIsWrongIsTheProblem) {
  const std::string header = "r 2 100 3\nr.dat 16 1/mV 16 0 0 7 0 I\nq.dat 16 1/mV 16 0 0 0 0 II\n";
  const auto found = describe({{"r.hea", header}, {"r.dat", kSamples}});
  EXPECT_TRUE(has(found.problem, "r.dat: signal I has the checksum 65535"));
  EXPECT_EQ(found.signals[0].sum, 65535);
  EXPECT_FALSE(found.signals[1].sum);
  EXPECT_EQ(found.length, 3u) << "as stated";
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { describe({{"r.hea", "r x"}}); }), "count of signals"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { describe({}); }), "r.hea: no such file"));
}

TEST(Describe, SegmentsAndTheSignalsOfTheFirst) {
  const auto found = describe({{"r.hea", "r/3 2 100 6\na 3\n~ 2\na 1\n"},
                               {"a.hea", "a 2 100\nr.dat 16 1/mV I\nr.dat 16 1/mV II\n"},
                               {"r.dat", kSamples}});
  EXPECT_EQ(found.problem, "");
  EXPECT_EQ(found.length, 6u);
  ASSERT_EQ(found.segments.size(), 3u);
  EXPECT_EQ(found.segments[1].name, "~");
  ASSERT_EQ(found.signals.size(), 2u);
  EXPECT_EQ(found.signals[1].name, "II");
}

}  // namespace
}  // namespace ecg_lora::wfdb
