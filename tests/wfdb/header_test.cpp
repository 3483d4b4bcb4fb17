// Headers as found in the wild, and damaged ones.
#include "header_warnings.h"
#include "wfdb/scratch.h"

namespace ecg_lora::wfdb {
namespace {

using namespace testing;

/// Two signals of three samples: 1, 2, 3 and -4, -32768, 6.
const std::string kSamples("\1\0\xfc\xff\2\0\0\x80\3\0\6\0", 12);

Record read(const std::string& header, const std::string& samples = kSamples) {
  return testing::read({{"r.hea", header}, {"r.dat", samples}});
}

std::string error(const std::string& header, const std::string& samples = kSamples) {
  return testing::error({{"r.hea", header}, {"r.dat", samples}});
}

TEST(Header, AppliesGainBaselineAndUnits) {
  const Record record = read(
      "r 2 500 3\nr.dat 16 10(-1)/uV 16 0 1 6 0 AVR\nr.dat 16 4.0/mV 12 2 -4 -32766 0 v6\n# 63 "
      "years, "
      "female\n");
  EXPECT_EQ(record.sampling_rate, 500);
  EXPECT_EQ(record.lead("aVR").samples,
            (std::vector<double>{2 / 10.0 * 1e-3, 3 / 10.0 * 1e-3, 4 / 10.0 * 1e-3}));
  EXPECT_EQ(record.lead("aVR").unit, "mV");
  EXPECT_EQ(record.lead("V6").samples[0], -1.5) << "without a baseline, the ADC zero is 0 mV";
  EXPECT_TRUE(std::isnan(record.lead("V6").samples[1]));
  EXPECT_EQ(record.comments, std::vector<std::string>{"63 years, female"});
}

TEST(Header, OfEndlessFilesAreNotRead) {
  const TemporaryFolder folder;
  write_plain(folder / "r.hea", "r 1 500 3\n");
  std::filesystem::resize_file(folder / "r.hea", std::uintmax_t{3} << 40);
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { read_record(folder / "r"); }), "r.hea: expected at most"));
}

TEST(Header, TakesWhatIsLeftOut) {
  const Record record = read("r 2\r\nr.dat 16\r\nr.dat 16 0 16 0 -4 32770\r\n");
  EXPECT_EQ(record.sampling_rate, 250);
  EXPECT_EQ(record.length(), 3u);
  EXPECT_EQ(record.leads[0].samples[2], 3 / 200.0);
}

TEST(Header, ReadsSignalsAtAnOffsetAndInSeveralFiles) {
  const Record record = testing::read(
      {{"r.hea",
        "r 3 100 3\na.mat 16x1+4 1/mV\na.mat 16x1+4 1/mV\nb.dat 16 1/mV 16 0 7 24 0 pulse wave\n"},
       {"a.mat", "head" + kSamples},
       {"b.dat", std::string("\7\0\x8\0\x9\0", 6)}});
  EXPECT_EQ(record.leads[1].samples[2], 6);
  EXPECT_EQ(record.lead("pulse wave").samples, (std::vector<double>{7, 8, 9}));
}

TEST(Header, KeepsUnitsThatAreNoVoltage) {
  EXPECT_EQ(read("r 2 100 3\nr.dat 16 1/mmHg\nr.dat 16 1/mV\n").leads[0].unit, "mmHg");
}

TEST(Header, AcceptsSignedAndUnsignedChecksums) {
  for (const char* sum : {"-32766", "32770"}) {
    EXPECT_EQ(read(cat("r 2 100 3\nr.dat 16 1/mV 16 0 1 6 0\nr.dat 16 1/mV 16 0 -4 ", sum, " 0\n"))
                  .length(),
              3u);
  }
}

TEST(Header, SaysWhatIsDamaged) {
  EXPECT_TRUE(has(error(""), "empty header"));
  EXPECT_TRUE(
      has(error("r two 100 3\n"), "line 1: expected a number for the count of signals, got 'two'"));
  EXPECT_TRUE(has(error("r -2 100 3\n"), "count of signals, got '-2'"));
  EXPECT_TRUE(has(error("r 99999999999999999999 100 3\n"), "count of signals"));
  EXPECT_TRUE(has(error("r 0 100 3\n"), "at least one signal"));
  EXPECT_TRUE(has(error("r 2 100 3\nr.dat 16\n"), "expected 2 signal lines, got 1"));
  EXPECT_TRUE(has(error("r 2 0 3\nr.dat 16\nr.dat 16\n"), "sampling rate above 0"));
  EXPECT_TRUE(has(error("r 2 nan 3\nr.dat 16\nr.dat 16\n"), "finite sampling rate"));
  EXPECT_TRUE(has(error("r 1 100 3\nr.dat\n"), "expected a file name and a signal format"));
  EXPECT_TRUE(has(error("r 1 100 3\nr.dat\nr.dat 16\n"),
                  "line 2: expected a file name and a signal format"));
  EXPECT_TRUE(has(error("r 1 100 3\nr.dat 16\nr.dat 16\n"), "expected 1 signal lines, got 2"));
  EXPECT_TRUE(has(error("r 1 100 3\nr.dat 16 1000(0/mV\n"), "baseline in brackets"));
  EXPECT_TRUE(has(error("r 1 100 3\nr.dat 16 1000(0)/mV 16 0 1 1x\n"),
                  "line 2: expected a number for the checksum"));
  EXPECT_TRUE(has(error(std::string("\0\xff\1garbage", 10)), "line 1"));
}

TEST(Header, RefusesMoreSamplesThanTheFileHolds) {
  EXPECT_TRUE(has(error("r 2 100 4\nr.dat 16\nr.dat 16\n"),
                  "expected 4 samples of 2 signals in format 16"));
  EXPECT_TRUE(
      has(error("r 2 100 9223372036854775807\nr.dat 16\nr.dat 16\n"), "the file is truncated"));
  EXPECT_TRUE(
      has(error("r 2 100 3\nr.dat 16\nr.dat 16\n", kSamples.substr(0, 11)), "got 2 in 11 bytes"));
  EXPECT_TRUE(has(error("r 2 100\nr.dat 16+4\nq.dat 16\n"), "q.dat"));
}

TEST(Header, NamesEachFieldThatIsNoNumber) {
  const std::pair<const char*, const char*> lines[] = {
      {"x16", "signal format"},
      {"16x", "samples a frame"},
      {"16x0", "at least 1 sample a frame"},
      {"16:-1", "skew"},
      {"16+y", "byte offset"},
      {"16+99999999999", "byte offset 99999999999 is out of range"},
      {"16 1e999", "gain 1e999 is out of range"},
      {"16 1e-310", "gain above 1e-300"},
      {"16 nan", "finite gain"},
      {"16 ++2", "gain"},
      {"16 2(1.5)", "baseline"},
      {"16 2(99999999999999999999)", "baseline"},
      {"16 2 1r", "ADC resolution"},
      {"16 2 16 -1z", "ADC zero"},
      {"16 2 16 0 3000000000", "initial value 3000000000 is out of range"},
      {"16 2 16 0 1 .5s", "checksum"},
      {"16 2 16 0 1 6 0b", "block size"}};
  for (const auto& [line, field] : lines) {
    const std::string message = error(cat("r 2 100 3\nr.dat 16\nr.dat ", line, "\n"));
    EXPECT_TRUE(has(message, "r.hea line 3: ")) << line;
    EXPECT_TRUE(has(message, field)) << line;
  }
}

TEST(Header, ReadsGainBaselineAndUnitInEverySpelling) {
  const auto second = [](const std::string& gain) {
    return read("r 2 100 3\nr.dat 16\nr.dat 16 " + gain + "\n", kSamples).leads[1];
  };
  const std::pair<const char*, double> gains[] = {
      {"10", -0.4},           {"10/mV", -0.4},      {"10/mv", -0.4},   {"+10(0)", -0.4},
      {"10.(-4)/mV", 0},      {"1e1(+4)/mV", -0.8}, {".5/mV", -8},     {"-10/mV", 0.4},
      {"0", -0.02},           {"0(6)/mV", -0.05},   {"10/", -0.4},     {"10/uV", -0.4e-3},
      {"10/V", -400},         {"10/nV", -0.4e-6},   {"10 16 4", -0.8}, {"10/\xc2\xb5V", -0.4e-3},
      {"10(1)/mV 16 4", -0.5}};
  for (const auto& [gain, millivolts] : gains) {
    EXPECT_NEAR(second(gain).samples[0], millivolts, 1e-12 * std::abs(millivolts)) << gain;
    EXPECT_EQ(second(gain).unit, "mV") << gain;
  }
  EXPECT_EQ(second("10/L/min").unit, "L/min");
  EXPECT_EQ(second("10/%").samples[0], -0.4);
}

TEST(Header, KeepsTheUnitOnRequest) {
  const Record record =
      testing::read({{"r.hea", "r 2 100 3\nr.dat 16 1/uV\nr.dat 16 1/V\n"}, {"r.dat", kSamples}},
                    {.millivolts = false});
  EXPECT_EQ(record.leads[0].samples[0], 1);
  EXPECT_EQ(record.leads[0].unit, "uV");
  EXPECT_EQ(record.leads[1].samples[0], -4);
}

TEST(Header, ReadsTheClock) {
  using namespace std::chrono;
  const auto clock = [](const std::string& rest) {
    return read("r 2 " + rest + "\nr.dat 16\nr.dat 16\n").clock;
  };
  EXPECT_EQ(clock("360/64.5(-3.5) 3").counter_frequency, 64.5);
  EXPECT_EQ(clock("360/64.5(-3.5) 3").base_counter, -3.5);
  EXPECT_EQ(clock("360(10) 3").base_counter, 10);
  EXPECT_FALSE(clock("360 3").counter_frequency || clock("360 3").time || clock("360 3").date);
  EXPECT_EQ(clock("360 3 23:59:59.25 29/02/2000").time, 24h - 750ms);
  EXPECT_EQ(clock("360 3 23:59:59.25 29/02/2000").date, year(2000) / 2 / 29);
  EXPECT_EQ(clock("360 3 12:30").time, 12min + 30s) << "two fields are minutes and seconds";
  EXPECT_EQ(clock("360 3 7").time, 7s);
  EXPECT_EQ(clock("500 3 05-Feb-2020 11:39:16").date, year(2020) / 2 / 5)
      << "as Challenge copies have it";
  EXPECT_EQ(clock("500 3 05-Feb-2020 11:39:16").time, 11h + 39min + 16s);
}

TEST(Header, SaysWhatIsNoTime) {
  for (const char* rest : {"24:00:00", "1:60:00", "1:2:3:4", "12:0x:00", "1:2:3.1234567", "1::3",
                           "10:00:00 11:00:00"}) {
    EXPECT_TRUE(has(error(cat("r 2 360 3 ", rest, "\n")), "line 1: expected a base time HH:MM:SS"))
        << rest;
  }
  for (const char* rest : {"1:2:3 30/02/2001", "1:2:3 1/2", "1:2:3 1/13/2001", "1:2:3 01-Foo-2001",
                           "1/2/2001 1/2/2001", "-"}) {
    EXPECT_TRUE(
        has(error(cat("r 2 360 3 ", rest, "\n")), "line 1: expected a base date DD/MM/YYYY"))
        << rest;
  }
  EXPECT_TRUE(has(error("r 2 360/x 3\n"), "counter frequency"));
  EXPECT_TRUE(has(error("r 2 360/1(2 3\n"), "base counter in brackets"));
}

/// Of a record of two signals, the second of which has the fields `second` after its gain.
Lead second_lead(const std::string& second) {
  return read("r 2 100 3\nr.dat 16\nr.dat 16 2(-1)/mV " + second + "\n").leads[1];
}

TEST(Header, FieldsMayBeLeftOutBeforeTheDescription) {
  for (const char* fields :
       {"16 0    II", "II", "16 II", "16 0 -4 II", "16 0 -4 -32766 II", "16 0 -4 -32766 0 II",
        "16 0 -32766 0 II", "16 0 -4 0 II", "16 0 0 II", "16\t0\t\t\tii", "0 -4 -32766 0 II"}) {
    EXPECT_EQ(second_lead(fields).name, "II") << fields;
    EXPECT_EQ(second_lead(fields).samples[2], 3.5) << fields;
  }
  EXPECT_EQ(second_lead("16 0   -aVR").name, "-aVR");
  EXPECT_EQ(second_lead("16 0 12 lead").name, "lead") << "a number is a field wherever it stands";
  for (const char* gain : {"(0)/mV", "/mV", "200()/mV", "200(0)/", "200", "200/", "()", "/"})
    EXPECT_EQ(
        read(cat("r 2 100/() 3\nr.dat 16\nr.dat 16 ", gain, " 16 0 V1\n")).lead("V1").samples[2],
        6 / 200.0)
        << gain;
}

TEST(Header, AnInitialValueIsNoCheckButAChecksumIs) {
  EXPECT_EQ(second_lead("16 0 99 -32766 0 II").samples[2], 3.5);
  EXPECT_EQ(read("r 2 100 3\nr.dat 16:1 1/mV 16 0 7 6 0 I\nr.dat 16 1/mV 16 0 9 -32766 0 II\n")
                .lead("I")
                .samples[0],
            2)
      << "the initial value of a skewed signal";
  for (const char* fields : {"16 0 -4 -32765 0 II", "16 0 99 1 II", "16 0 99 1", "16 0 -4 0 0 II"})
    EXPECT_TRUE(
        has(error(cat("r 2 100 3\nr.dat 16\nr.dat 16 1/mV ", fields, "\n")), "has the checksum"))
        << fields;
}

TEST(Header, ARecordNameWithAFolderIsRefusedInWords) {
  EXPECT_TRUE(
      has(error("sub/r 2 100 3\nr.dat 16\nr.dat 16\n"),
          "r.hea line 1: expected the record's name without a folder, got 'sub/r'; write 'r'"));
  EXPECT_TRUE(has(error("a/r/2 2 100 3\nr.dat 16\nr.dat 16\n"), "without a folder, got 'a/r/2'"));
  EXPECT_TRUE(has(error("r/ 2 100 3\nr.dat 16\nr.dat 16\n"), "count of segments"));
}

/// What reading `header` says, the warning included.
std::string said(const std::string& header) {
  return ecg_lora::testing::stderr_of([&] { read(header); });
}

class HeaderWarnings : public ::testing::Test {
 protected:
  void SetUp() override { forget_warnings(); }
};

TEST_F(HeaderWarnings, ACommentBehindALineIsReadAsOneAndSaidOnce) {
  const std::string header =
      "r 2 100 3 # old\nr.dat 16 1/mV 16 0 1 6 0 II # by hand\nr.dat 16 1/mV I #x\n";
  const Record record = read(header);
  EXPECT_EQ(record.leads[0].name, "II");
  EXPECT_EQ(record.leads[1].name, "I");
  EXPECT_EQ(record.comments, (std::vector<std::string>{"old", "by hand", "x"}));
  forget_warnings();
  EXPECT_TRUE(has(said(header), "r.hea line 1: what follows the # was read as a comment, 'old'"));
  EXPECT_EQ(said(header), "");
  EXPECT_EQ(read("r 2 100 3\nr.dat 16 1/mV EEG #1\nr.dat 16 1/mV V#2\n").leads[0].name, "EEG #1");
}

TEST_F(HeaderWarnings, ADoubledNameIsSaidOnce) {
  const std::string header = "r 2 100 3\nr.dat 16 1/mV 16 0 1 6 0 V1\nr.dat 16 1/mV v1\n";
  EXPECT_TRUE(has(said(header), "r.hea: signals 1 and 2 are both called V1; pages show the first"));
  EXPECT_EQ(said(header), "");
  EXPECT_EQ(read(header).lead("V1").samples[0], 1);
}

TEST_F(HeaderWarnings, AMissingNameIsSaidOnce) {
  const std::string header = "r 2 100 3\nr.dat 16 1/mV 16 0 1 6 0 V1\nr.dat 16 1/mV 16 0\n";
  EXPECT_TRUE(has(said(header), "r.hea: signal 2 has no name, so that no page shows it"));
  EXPECT_EQ(said(header), "");
}

TEST(Header, CutAnywhereIsAnErrorOrTheSameRecord) {
  const std::string header =
      "r 2 500/500(0) 3 10:20:30 1/2/2003\nr.dat 16 10(-1)/uV 16 0 1 6 0 AVR\nr.dat 16 4.0/mV 12 2 "
      "-4 -32766 "
      "0 v6\n";
  for (std::size_t size = 0; size + 30 < header.size(); ++size) {
    EXPECT_TRUE(has(error(header.substr(0, size)), "r.hea")) << size;
  }
}

}  // namespace
}  // namespace ecg_lora::wfdb
