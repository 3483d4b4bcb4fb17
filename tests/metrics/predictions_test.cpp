#include "ecg_lora/metrics/statistics/predictions.h"

#include <cmath>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"

namespace ecg_lora::metrics {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

const Prediction kExample{7,    15709, 10, "AFIB", "Does this ECG show atrial fibrillation?",
                          true, 0.25};

TEST(Predictions, ComeBackBitForBit) {
  const TemporaryFolder folder;
  const std::vector<Prediction> written{kExample,
                                        {1, 2, 9, "a,\"b\"", "two\nlines \xc3\xa9", false, 0.1},
                                        {3, 4, 10, "L", "", true, 1.0 / 3},
                                        {5, 6, 1, "L", "", false, std::nextafter(1.0, 0.0)},
                                        {2147483647, -1, 10, "L", "", false, 5e-324},
                                        {8, 9, 10, "L", "", false, 0},
                                        {8, 9, 10, "M", "", true, 1}};
  std::string text;
  for (const auto& prediction : written) {
    EXPECT_EQ(to_line(prediction).find('\n'), std::string::npos);
    text += to_line(prediction) + "\n";
  }
  write_file(folder / "predictions.jsonl", text);
  const auto read = read_predictions(folder / "predictions.jsonl");
  ASSERT_EQ(read.size(), written.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].ecg_id, written[i].ecg_id);
    EXPECT_EQ(read[i].patient_id, written[i].patient_id);
    EXPECT_EQ(read[i].fold, written[i].fold);
    EXPECT_EQ(read[i].label, written[i].label);
    EXPECT_EQ(read[i].question, written[i].question);
    EXPECT_EQ(read[i].gold, written[i].gold);
    EXPECT_EQ(read[i].p_yes, written[i].p_yes);
  }
}

/// Expects a data error of one line that names the file and line 2, where `line` stands between
/// good ones.
void expect_refused(const std::string& line) {
  SCOPED_TRACE(line);
  const TemporaryFolder folder;
  write_file(folder / "predictions.jsonl",
             to_line(kExample) + "\n" + line + "\n" + to_line(kExample) + "\n");
  const auto message =
      error_of(ExitCode::data, [&] { read_predictions(folder / "predictions.jsonl"); });
  EXPECT_TRUE(has(message, (folder / "predictions.jsonl").string() + " line 2"));
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
}

TEST(CorruptPredictions, ALabelOfARecordAnsweredTwice) {
  auto again = kExample;
  again.p_yes = 0.75;
  expect_refused(to_line(again));
  const TemporaryFolder folder;
  again.label = "STACH";
  write_file(folder / "predictions.jsonl", to_line(kExample) + "\n" + to_line(again) + "\n");
  EXPECT_EQ(read_predictions(folder / "predictions.jsonl").size(), 2u);
}

TEST(CorruptPredictions, ARecordInTwoPlaces) {
  for (auto change :
       {+[](Prediction& p) { p.fold = 9; }, +[](Prediction& p) { p.patient_id = 3; }}) {
    auto other = kExample;
    other.label = "STACH";
    change(other);
    expect_refused(to_line(other));
  }
}

TEST(CorruptPredictions, LinesThatAreNoObject) {
  const auto whole = to_line(kExample);
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 1})
    expect_refused(whole.substr(0, length));
  for (const char* line : {"null", "3", "[1, 2]", "\"text\"", "yes", "{} {}"}) expect_refused(line);
  expect_refused(whole + whole);
  expect_refused("\xff\xfe");
}

TEST(CorruptPredictions, KeysThatAreMissingOrOfAnotherType) {
  const auto whole = Json::parse(to_line(kExample));
  for (const auto& item : whole.items()) {
    auto without = whole;
    without.erase(item.key());
    expect_refused(without.dump());
    auto null = whole;
    null[item.key()] = nullptr;
    expect_refused(null.dump());
    auto list = whole;
    list[item.key()] = Json::array({1});
    expect_refused(list.dump());
  }
  for (const auto& [key, value] :
       std::vector<std::pair<const char*, Json>>{{"ecg_id", "7"},
                                                 {"ecg_id", 7.5},
                                                 {"ecg_id", true},
                                                 {"patient_id", 5000000000},
                                                 {"fold", 1e300},
                                                 {"label", 3},
                                                 {"gold", 1},
                                                 {"gold", "true"},
                                                 {"p_yes", "0.5"},
                                                 {"p_yes", true}}) {
    auto other = whole;
    other[key] = value;
    expect_refused(other.dump());
  }
}

TEST(CorruptPredictions, ProbabilitiesThatAreNone) {
  for (const double p : {-0.001, 1.001, 1e300}) {
    auto json = Json::parse(to_line(kExample));
    json["p_yes"] = p;
    expect_refused(json.dump());
  }
  auto nan = kExample;
  nan.p_yes = std::nan("");
  expect_refused(to_line(nan));
}

TEST(CorruptPredictions, NoFileOrNothingInIt) {
  const TemporaryFolder folder;
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { read_predictions(folder / "none.jsonl"); }),
                  "none.jsonl"));
  write_file(folder / "empty.jsonl", "");
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { read_predictions(folder / "empty.jsonl"); }),
                  "empty.jsonl"));
}

}  // namespace
}  // namespace ecg_lora::metrics
