// Records of several segments.
#include "wfdb/scratch.h"

namespace ecg_lora::wfdb {
namespace {

using namespace testing;

/// Segments a (2 frames of I, II: 1 11, 2 12) and b (3 of II: 21, 22, 23), and a layout for both.
Files segments(const std::string& record) {
  return {
      {"r.hea", record},
      {"layout.hea",
       "layout 3 100 0\n~ 0 1/mV 0 0 0 0 0 I\n~ 0 1/mV 0 0 0 0 0 II\n~ 0 1/mmHg 0 0 0 0 0 ABP\n"},
      {"a.hea", "a 2 100 2\na.dat 80 1/mV 8 0 1 3 0 I\na.dat 80 1/mV 8 0 11 23 0 II\n"},
      {"a.dat", "\x81\x8b\x82\x8c"},
      {"b.hea", "b 1 100 3\nb.dat 80 2(1)/mV 8 0 21 66 0 II\n"},
      {"b.dat", "\x95\x96\x97"}};
}

TEST(Segments, OfFixedLayoutFollowEachOther) {
  const Record record = read(segments("r/2 2 100/50(7) 4 10:20:30 1/2/2003\na 2\na 2\n# whole\n"));
  EXPECT_EQ(values(record), (Values{{1, 2, 1, 2}, {11, 12, 11, 12}}));
  EXPECT_EQ(record.name, "r");
  EXPECT_EQ(record.comments, std::vector<std::string>{"whole"});
  EXPECT_EQ(record.clock.base_counter, 7);
}

TEST(Segments, OfVariableLayoutAreMatchedByName) {
  const Record record = read(segments("r/5 3 100\nlayout 0\n~ 1\nb 3\n~ 1\na 2\n"));
  EXPECT_EQ(values(record), (Values{{-9999, -9999, -9999, -9999, -9999, 1, 2},
                                    {-9999, 10, 10.5, 11, -9999, 11, 12},
                                    {-9999, -9999, -9999, -9999, -9999, -9999, -9999}}));
  EXPECT_EQ(record.lead("ABP").unit, "mmHg");
}

TEST(Segments, ThatContradictTheRecordAreNamed) {
  const auto error_of_record = [](const std::string& text, const Files& changed = {}) {
    Files files = segments(text);
    for (const auto& [name, bytes] : changed) files[name] = bytes;
    return error(files);
  };
  EXPECT_TRUE(has(error_of_record("r/2 2 100\na 2\n"), "r.hea: expected 2 segment lines, got 1"));
  EXPECT_TRUE(has(error_of_record("r/1 2 100\na 2\na 2\n"), "expected 1 segment lines, got 2"));
  EXPECT_TRUE(has(error_of_record("r/0 2 100\n"), "at least one segment"));
  EXPECT_TRUE(has(error_of_record("r/x 2 100\na 2\n"),
                  "line 1: expected the record's name without a folder, got 'r/x'"));
  EXPECT_TRUE(has(error_of_record("r/1 2 100\na\n"),
                  "line 2: expected a number for the length of the segment, got ''"));
  EXPECT_TRUE(has(error_of_record("r/2 2 100\na 2\na 0\n"),
                  "line 3: expected a length above 0 for segment a"));
  EXPECT_TRUE(has(error_of_record("r/1 2 100\n~ 5\n"), "every segment is a gap"));
  EXPECT_TRUE(
      has(error_of_record("r/1 3 100\na 2\n"), "states 3 signals, but its first segment has 2"));
  EXPECT_TRUE(has(error_of_record("r/1 2 100 3\na 2\n"),
                  "states 3 samples per signal, but its segments come to 2"));
  EXPECT_TRUE(
      has(error_of_record("r/1 2 200\na 2\n"), "a.hea: is sampled at 100 Hz, expected 200 Hz"));
  EXPECT_TRUE(has(error_of_record("r/1 2 100\na 3\n"), "a.hea: states 2 samples per signal, but"));
  EXPECT_TRUE(has(error_of_record("r/2 2 100\na 2\nb 3\n"), "b.hea: has 1 signals, expected 2"));
  EXPECT_TRUE(has(error_of_record("r/1 2 100\nr 2\n"), "multi-segment record within r"));
  EXPECT_TRUE(has(error_of_record("r/1 2 100\nnone 2\n"), "none.hea: no such file"));
  const Files renamed = {{"b.hea", "b 1 100 3\nb.dat 80 2 8 0 21 66 0 PLETH\n"}};
  EXPECT_TRUE(has(error_of_record("r/2 3 100\nlayout 0\nb 3\n", renamed),
                  "signal 1 is PLETH, expected a signal of the layout"));
  const Files other_unit = {{"b.hea", "b 1 100 3\nb.dat 80 2/mmHg 8 0 21 66 0 II\n"}};
  EXPECT_TRUE(has(error_of_record("r/3 3 100\nlayout 0\na 2\nb 3\n", other_unit),
                  "II is in mmHg, expected mV"));
  const Files faster = {{"b.hea", "b 1 100 1\nb.dat 80x3 2 8 0 21 66 0 II\n"}};
  EXPECT_TRUE(
      has(error_of_record("r/2 3 100\nlayout 0\nb 1\n", faster), "3 samples a frame, expected 1"));
  EXPECT_TRUE(has(error_of_record("r/1 2 100\na 2\n", {{"a.dat", "\x81\x8b\x82"}}),
                  "a.dat: expected 2 samples of 2 signals"));
}

TEST(Segments, LongerThanTheirFilesJustifyAreRefused) {
  for (const char* gap : {"9223372036854775807", "18446744073709551613", "100000000"}) {
    const std::string message = error(segments(cat("r/3 3 100\nlayout 0\na 2\n~ ", gap, "\n")));
    EXPECT_TRUE(has(message, "r.hea: its segments come to")) << gap;
  }
  EXPECT_TRUE(has(error(segments("r/3 2 100\na 2\n~ 18446744073709551615\n~ 1\n")), "too long"));
  EXPECT_EQ(read(segments("r/3 3 100\nlayout 0\na 2\n~ 100000\n")).length(), 100002u)
      << "a long gap is no damage";
}

}  // namespace
}  // namespace ecg_lora::wfdb
