// Every signal format, byte by byte, as https://physionet.org/physiotools/wag/signal-5.htm
// describes them.
#include "wfdb/scratch.h"

namespace ecg_lora::wfdb {
namespace {

using namespace testing;

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

/// One signal of gain 1 in `format`.
std::vector<double> decoded(int format, const std::string& data, const std::string& rest = "") {
  const std::string line = cat("r.dat ", format, " 1(0)/mV", rest, "\n");
  return values(read({{"r.hea", "r 1 100\n" + line}, {"r.dat", data}})).front();
}

using One = std::vector<double>;

TEST(Formats, OfWholeBytes) {
  EXPECT_EQ(decoded(16, bytes({1, 0, 0xfe, 0xff, 0xff, 0x7f, 0, 0x80})),
            (One{1, -2, 32767, -9999}));
  EXPECT_EQ(decoded(61, bytes({0, 1, 0xff, 0xfe, 0x7f, 0xff, 0x80, 0})),
            (One{1, -2, 32767, -9999}));
  EXPECT_EQ(decoded(160, bytes({1, 0x80, 0xfe, 0x7f, 0xff, 0xff, 0, 0})),
            (One{1, -2, 32767, -9999}));
  EXPECT_EQ(decoded(80, bytes({129, 126, 255, 0})), (One{1, -2, 127, -9999}));
  EXPECT_EQ(decoded(24, bytes({1, 0, 0, 0xfe, 0xff, 0xff, 0, 0, 0x80})), (One{1, -2, -9999}));
  EXPECT_EQ(decoded(32, bytes({1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0, 0, 0, 0x80})),
            (One{1, -2, -9999}));
}

TEST(Formats, Format8AddsDifferencesToTheInitialValue) {
  EXPECT_EQ(decoded(8, bytes({0, 2, 0xfd, 0x80}), " 16 5 100"), (One{100, 102, 99, -29}));
  EXPECT_EQ(decoded(8, bytes({1, 2}), " 16 5"), (One{6, 8}))
      << "without one, the ADC zero stands in";
  EXPECT_EQ(decoded(8, bytes({1, 1}), " 16 0 2147483647").back(), -2147483647.0)
      << "wraps as WFDB's int does";
}

TEST(Formats, Format212PutsTwoSamplesInThreeBytes) {
  EXPECT_EQ(decoded(212, bytes({0x01, 0xf0, 0xfe, 0xff, 0x87, 0x00})), (One{1, -2, 2047, -9999}));
  EXPECT_EQ(decoded(212, bytes({0x01, 0xf0, 0xfe, 0xff, 0x07})), (One{1, -2, 2047}))
      << "the last pair cut";
  EXPECT_EQ(decoded(212, bytes({0x01, 0xf0, 0xfe, 0xff})), (One{1, -2})) << "one byte is no sample";
}

TEST(Formats, Format310PutsThreeSamplesInTwoWords) {
  // Words: sample 1 << 1 | low half of sample 3 << 11, sample 2 << 1 | high half of sample 3 << 11.
  const std::string block = bytes({0x02, 0xb8, 0xfc, 0x07 | 0x50});  // 1, -2, 0b0101010111
  EXPECT_EQ(decoded(310, block), (One{1, -2, 343}));
  EXPECT_EQ(decoded(310, block + bytes({0x00, 0x04})), (One{1, -2, 343, -9999}))
      << "one sample in two bytes";
  EXPECT_EQ(decoded(310, block + bytes({0x00, 0x04, 0x02})), (One{1, -2, 343, -9999}))
      << "two need four bytes";
}

TEST(Formats, Format311PutsThreeSamplesInThirtyBits) {
  const std::string block = bytes({0x01, 0xf8, 0x7f, 0x15});  // 1, -2, 343
  EXPECT_EQ(decoded(311, block), (One{1, -2, 343}));
  EXPECT_EQ(decoded(311, block.substr(0, 3) + bytes({0xd5})), (One{1, -2, 343}))
      << "the top two bits mean nothing";
  EXPECT_EQ(decoded(311, block + bytes({0x00, 0x02})), (One{1, -2, 343, -9999}));
  EXPECT_EQ(decoded(311, block + bytes({0x00, 0xfa, 0x07})), (One{1, -2, 343, -9999, 510}));
}

TEST(Formats, BeginAtAByteOffset) {
  EXPECT_EQ(values(read({{"r.hea", "r 1 100 2\nr.dat 212x1:0+3 1\n"},
                         {"r.dat", bytes({9, 9, 9, 1, 0xf0, 0xfe})}})),
            (Values{{1, -2}}));
  EXPECT_TRUE(
      has(error({{"r.hea", "r 1 100 2\nr.dat 16+4000000000 1\n"}, {"r.dat", bytes({1, 2, 3, 4})}}),
          "after an offset of 4000000000"));
}

TEST(Formats, CutAnywhereNameTheFileAndWhatIsMissing) {
  for (const int format : {8, 16, 24, 32, 61, 80, 160, 212, 310, 311}) {
    const std::string whole(48, '\x11'),
        header = cat("r 3 100 4\nr.dat ", format, "\nr.dat ", format, "\nr.dat ", format, "\n");
    const std::size_t needed = format == 8 || format == 80      ? 12
                               : format == 212                  ? 18
                               : format == 310 || format == 311 ? 16
                               : format == 24                   ? 36
                               : format == 32                   ? 48
                                                                : 24;
    EXPECT_EQ(read({{"r.hea", header}, {"r.dat", whole.substr(0, needed)}}).length(), 4u) << format;
    for (std::size_t size = 0; size < needed; size += 5) {
      const std::string message = error({{"r.hea", header}, {"r.dat", whole.substr(0, size)}});
      EXPECT_TRUE(has(message, cat("r.dat: expected 4 samples of 3 signals in format ", format)));
      EXPECT_TRUE(has(message, cat("in ", size, " bytes; the file is truncated")));
    }
  }
}

TEST(Formats, UnknownOnesAreListed) {
  EXPECT_TRUE(
      has(error({{"r.hea", "r 1 100 4\nr.dat 17\n"}, {"r.dat", "12345678"}}),
          "signal format 17 is unknown, expected one of 0, 8, 16, 24, 32, 61, 80, 160, 212, 310, "
          "311, 508, 516, 524"));
  EXPECT_TRUE(has(error({{"r.hea", "r 1 100 4\nr.dat -16\n"}, {"r.dat", "12345678"}}),
                  "format -16 is unknown"));
}

}  // namespace
}  // namespace ecg_lora::wfdb
