// Several samples a frame, skew, null signals, checksums.
#include "wfdb/scratch.h"

namespace ecg_lora::wfdb {
namespace {

using namespace testing;

/// 16-bit samples, little endian.
std::string words(const std::vector<int>& samples) {
  std::string bytes;
  for (const int sample : samples) {
    bytes += static_cast<char>(sample & 0xff);
    bytes += static_cast<char>(sample >> 8 & 0xff);
  }
  return bytes;
}

/// Two frames: three samples of the first signal, one of the second.
const std::string kFrames = words({1, 2, -9, 40, 5, -32768, 6, 50});
const std::string kHeader =
    "r 2 100 2\nr.dat 16x3 1/mV 16 0 1 32773 0 fast\nr.dat 16 1/mV 16 0 40 90 0 slow\n";

TEST(Frames, AreSmoothedTowardZero) {
  const Record record = read({{"r.hea", kHeader}, {"r.dat", kFrames}});
  EXPECT_EQ(values(record), (Values{{-2, -9999}, {40, 50}}))
      << "a frame with an invalid sample is invalid";
  EXPECT_EQ(record.length(), 2u);
  EXPECT_EQ(record.leads[0].samples_per_frame, 1u);
}

TEST(Frames, AreExpandedOnRequest) {
  const Record record = read({{"r.hea", kHeader}, {"r.dat", kFrames}}, {.smooth_frames = false});
  EXPECT_EQ(values(record), (Values{{1, 2, -9, 5, -9999, 6}, {40, 50}}));
  EXPECT_EQ(record.leads[0].samples_per_frame, 3u);
  EXPECT_EQ(record.length(), 2u);
  EXPECT_EQ(record.duration(), 0.02);
}

TEST(Frames, EverySampleCountsForTheChecksum) {
  for (std::size_t at = 2; at < kFrames.size(); at += 3) {
    std::string damaged = kFrames;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_TRUE(has(error({{"r.hea", kHeader}, {"r.dat", damaged}}), "checksum")) << at;
  }
}

TEST(Frames, DifferencesGoOnFromFrameToFrame) {
  const std::string header = "r 2 100 2\nr.dat 8x2 1/mV 8 0 10\nr.dat 8 1/mV 8 0 -5\n";
  const std::string differences("\0\1\0\2\2\1", 6);
  EXPECT_EQ(values(read({{"r.hea", header}, {"r.dat", differences}}, {.smooth_frames = false})),
            (Values{{10, 11, 13, 15}, {-5, -4}}));
}

TEST(Skew, ShiftsASignalAndLeavesItsEndInvalid) {
  const std::string header =
      "r 2 100 3\nr.dat 16:1 1/mV 16 0 1 9 0 late\nr.dat 16 1/mV 16 0 10 60 0 on time\n";
  EXPECT_EQ(values(read({{"r.hea", header}, {"r.dat", words({1, 10, 3, 20, 5, 30})}})),
            (Values{{3, 5, -9999}, {10, 20, 30}}));
}

TEST(Skew, CountsInFramesAndMayPassTheEnd) {
  const std::string data = words({1, 2, 3, 4});
  EXPECT_EQ(values(read({{"r.hea", "r 1 100 2\nr.dat 16x2:1 1\n"}, {"r.dat", data}},
                        {.smooth_frames = false})),
            (Values{{3, 4, -9999, -9999}}));
  EXPECT_EQ(values(read(
                {{"r.hea", "r 1 100 2\nr.dat 16x2:4294967295 1/mV 16 0 1 10\n"}, {"r.dat", data}})),
            (Values{{-9999, -9999}}));
}

TEST(NullSignals, AreInvalidThroughout) {
  const std::string header =
      "r 3 100 2\n~ 0 200 0 0 0 0 0 V2\nr.dat 16 1/mV 16 0 7 15 0 I\n~ 0x4 200\n";
  EXPECT_EQ(values(read({{"r.hea", header}, {"r.dat", words({7, 8})}})),
            (Values{{-9999, -9999}, {7, 8}, {-9999, -9999}}));
  EXPECT_EQ(read({{"r.hea", "r 1 100 5\n~ 0\n"}}).length(), 5u);
  EXPECT_TRUE(has(error({{"r.hea", "r 1 100\n~ 0\n"}}), "expected a count of samples"));
  EXPECT_TRUE(has(error({{"r.hea", "r 1 100 9223372036854775807\n~ 0x4294967295\n"}}),
                  "more than a record of 0 bytes stands for"));
}

TEST(Groups, MustNotContradictThemselves) {
  const Files files = {{"r.dat", kFrames}, {"q.dat", kFrames}};
  const auto error_with = [&](const std::string& header) {
    Files all = files;
    all["r.hea"] = header;
    return error(all);
  };
  EXPECT_TRUE(has(error_with("r 2 100\nr.dat 16\nr.dat 212\n"),
                  "formats 16 and 212, expected one format a file"));
  EXPECT_TRUE(has(error_with("r 2 100\nr.dat 16+2\nr.dat 16+4\n"), "offsets 2 and 4"));
  EXPECT_TRUE(
      has(error_with("r 3 100\nr.dat 16\nq.dat 16\nr.dat 16\n"), "signal 3 is in r.dat again"));
  EXPECT_TRUE(
      has(error_with("r 2 100\nr.dat 16\nq.dat 16x3\n"), "holds 2 samples per signal, expected 8"));
  EXPECT_TRUE(has(error_with("r 1 100\n. 16\n"), "expected a file, got a folder;"));
  for (const std::string name : {"/dev/zero", "../r.dat", "d/../../r.dat"})
    EXPECT_TRUE(has(error_with("r 1 100\n" + name + " 16\n"),
                    "a name within the record's folder, got " + name));
  EXPECT_TRUE(
      has(error_with("r/2 1 100 8\n../a 4\nb 4\n"), "a name within the record's folder, got ../a"));
  EXPECT_TRUE(has(error_with("r 1 100\nnone.dat 16\n"), "none.dat: no such file"));
}

}  // namespace
}  // namespace ecg_lora::wfdb
