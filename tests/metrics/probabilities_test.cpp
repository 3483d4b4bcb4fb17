#include "ecg_lora/metrics/statistics/probabilities.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/metrics/statistics/predictions.h"

namespace ecg_lora::metrics {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

ProbabilityTable parse(const std::string& name, const std::string& text) {
  const TemporaryFolder folder;
  write_file(folder / name, text);
  return read_probabilities(folder / name);
}

TEST(Probabilities, CsvAndJsonlHoldTheSame) {
  const auto csv =
      parse("p.csv", "ecg_id,AFIB,AFIB.gold,\"LAO/LAE\",fold\n7,0.25,1,,10\n8,1e-3,0.0,1,9\n");
  const auto jsonl = parse("p.jsonl",
                           "{\"ecg_id\":7,\"AFIB\":0.25,\"AFIB.gold\":true,\"LAO/"
                           "LAE\":null,\"fold\":10}\n{\"fold\":9,\"ecg_id\":8,\"AFIB\":0.001,"
                           "\"AFIB.gold\":0,\"LAO/LAE\":1}\n");
  for (const auto* table : {&csv, &jsonl}) {
    EXPECT_EQ(table->labels, (std::vector<std::string>{"AFIB", "LAO/LAE"}));
    EXPECT_EQ(table->has_gold, (std::vector<bool>{true, false}));
    ASSERT_EQ(table->rows.size(), 2u);
    EXPECT_EQ(table->rows[0].ecg_id, 7);
    EXPECT_EQ(table->rows[0].fold, 10);
    EXPECT_EQ(table->rows[0].patient_id, std::nullopt);
    EXPECT_EQ(table->rows[0].probability, (std::vector<std::optional<double>>{0.25, std::nullopt}));
    EXPECT_EQ(table->rows[1].probability, (std::vector<std::optional<double>>{0.001, 1.0}));
    EXPECT_EQ(table->rows[0].gold[0], true);
    EXPECT_EQ(table->rows[1].gold[0], false);
    EXPECT_EQ(table->rows[1].gold[1], std::nullopt);
  }
}

/// Expects a data error of one line that names the file and `culprit`.
void expect_refused(const std::string& name, const std::string& text, const std::string& culprit) {
  SCOPED_TRACE(text);
  const auto message = error_of(ExitCode::data, [&] { parse(name, text); });
  EXPECT_TRUE(has(message, name));
  EXPECT_TRUE(has(message, culprit));
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
}

TEST(CorruptProbabilities, AreRefusedWithFileAndLine) {
  for (const char* bad :
       {"nan", "NaN", "inf", "-0.1", "1.5", "0,5", "x", "0.5 ", "0x1", "--1", "1e999"})
    expect_refused("p.csv", std::string("ecg_id,AFIB\n1,0.5\n2,\"") + bad + "\"\n",
                   "line 3, column AFIB");
  expect_refused("p.csv", "ecg_id,AFIB\n1,0.5\n1,0.5\n", "record 1 is there again");
  expect_refused("p.csv", "ecg_id,AFIB\n,0.5\n", "ecg_id");
  expect_refused("p.csv", "ecg_id,AFIB\n1.5,0.5\n", "ecg_id");
  expect_refused("p.csv", "ecg_id,AFIB\n99999999999,0.5\n", "ecg_id");
  expect_refused("p.csv", "id,AFIB\n1,0.5\n", "ecg_id");
  expect_refused("p.csv", "ecg_id,fold\n1,10\n", "probabilities");
  expect_refused("p.csv", "ecg_id,AFIB.gold\n1,1\n", "AFIB.gold");
  expect_refused("p.csv", "ecg_id,AFIB,AFIB.gold\n1,0.5,yes\n", "AFIB.gold");
  expect_refused("p.csv", "ecg_id,AFIB\n", "no record");
  expect_refused("p.csv", "ecg_id,AFIB\n1,0.5,0.5\n", "line 2");
  expect_refused("p.csv", "", "p.csv");
}

TEST(CorruptProbabilities, JsonlLinesMustBeAlike) {
  const std::string first = "{\"ecg_id\":1,\"AFIB\":0.5}\n";
  expect_refused("p.jsonl", first + "{\"ecg_id\":2}\n", "line 2");
  expect_refused("p.jsonl", first + "{\"ecg_id\":2,\"AFIB\":0.5,\"SR\":0.5}\n", "line 2");
  expect_refused("p.jsonl", first + "{\"ecg_id\":2,\"AFIB\":\"0.5\"}\n", "line 2");
  expect_refused("p.jsonl", first + "{\"ecg_id\":2,\"AFIB\":[0.5]}\n", "line 2");
  expect_refused("p.jsonl", first + "{\"ecg_id\":2,\"AFIB\":NaN}\n", "line 2");
  expect_refused("p.jsonl", first + "{\"ecg_id\":2,\"AF", "line 2");
  expect_refused("p.jsonl", first + "\n" + first, "line 2");
  expect_refused("p.jsonl", "", "p.jsonl");
}

TEST(HoldsPredictions, IsToldByTheFirstLine) {
  const TemporaryFolder folder;
  const auto holds = [&](const std::string& name, const std::string& text) {
    write_file(folder / name, text);
    return holds_predictions(folder / name);
  };
  EXPECT_TRUE(holds("a.jsonl", to_line({1, 1, 10, "L", "", true, 0.5}) + "\n"));
  EXPECT_FALSE(holds("a.jsonl", "{\"ecg_id\":1,\"AFIB\":0.5}\n"));
  EXPECT_FALSE(holds("a.csv", "ecg_id,AFIB\n"));
  EXPECT_TRUE(holds("a.jsonl", "{damaged"));  // its own reader names the line
}

}  // namespace
}  // namespace ecg_lora::metrics
