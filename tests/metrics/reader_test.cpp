// What the tables of answers (tests/metrics/answers) do not show: rules one by one, any bytes, and
// time.
#include <gtest/gtest.h>

#include <ctime>
#include <random>

#include "answers_table.h"
#include "ecg_lora/metrics/answers/answers.h"
#include "ecg_lora/metrics/tasks/task_answers.h"
#include "metrics/answers/context_lists.h"

namespace ecg_lora::metrics {
namespace {

std::string read(const std::string& answer, const std::string& kind = "labels") {
  KnownAnswer known;
  known.kind = kind, known.answer = answer, known.options = {"NORM", "MI", "STTC", "CD", "HYP"};
  return reading_of(known);
}

TEST(Reader, ReadsEveryAnswerThatWasWorkedOn) {
  for (const char* table : {"worked_on", "further"}) {
    const auto answers = read_known_answers(std::string("tests/metrics/answers/") + table + ".tsv");
    ASSERT_GT(answers.size(), 150u) << table;
    for (const auto& known : answers)
      EXPECT_EQ(reading_of(known), known.meaning) << table << known.line << ": " << known.answer;
  }
}

TEST(Reader, AnswersStandBehindTheirMark) {
  EXPECT_EQ(final_part("MI. Answer: HYP"), "HYP");
  EXPECT_EQ(final_part("<think>MI</think> HYP"), " HYP");
  EXPECT_EQ(final_part("It is <answer>HYP</answer>."), "HYP");
  EXPECT_EQ(final_part("So \\boxed{\\text{MI}} it is"), "\\text{MI}");
  EXPECT_EQ(final_part("\\boxed{MI"), "MI");
  EXPECT_EQ(final_part("Die Antwort ist MI"), "MI");
  EXPECT_EQ(final_part("no mark"), "no mark");
  EXPECT_EQ(final_part("Answer:"), "");
}

TEST(Reader, TheAmbiguousIsUnparsedAndNotGuessed) {
  for (const char* text : {"MI or HYP", "No MI, HYP", "It is unclear whether MI is present",
                           "MI. There is no MI.", "Rule out MI", "MI?", "MI: 0.6"})
    EXPECT_EQ(read(text), "unparsed") << text;
  EXPECT_EQ(read("MI or HYP. In conclusion, HYP."), "HYP") << "a conclusion decides";
}

TEST(Reader, ReportsReadAnOpenListAsConTextDoes) {
  const auto& labeller = ecg_labeller();
  using Labels = std::set<std::string>;
  EXPECT_EQ(labeller.affirmed("No ST elevation, Q waves"), Labels{});
  EXPECT_EQ(labeller.affirmed("No ischemia, sinus rhythm"), Labels{"SR"});
  EXPECT_EQ(labeller.affirmed("ischemia or infarction"), (Labels{"ISC_", "MI"}));
  EXPECT_EQ(labeller.affirmed("Left axis deviation, Q waves absent"), Labels{"LAD"});
}

TEST(Reader, ClinicalEfficacyIsReadByIt) {
  const auto scores = clinical_efficacy(
      {{"There isn't atrial fibrillation; sinus rhythm", "Sinus rhythm."}}, ecg_labeller());
  EXPECT_DOUBLE_EQ(scores.micro_f1, 1);
}

TEST(Reader, EveryTriggerHasASource) {
  for (const auto lines : {english_triggers(), german_triggers(), swedish_triggers()})
    for (const auto& line : lines)
      EXPECT_TRUE(std::string(line.source) == "own" ||
                  std::string(line.source).find(" 20") != std::string::npos)
          << line.phrases;
}

/// Marks and words that the reader knows, in any order, and bytes that are no text.
std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> kPieces{"MI",
                                                "NORM",
                                                "no",
                                                "not",
                                                "without",
                                                ",",
                                                ".",
                                                ":",
                                                "|",
                                                "\n",
                                                "(",
                                                ")",
                                                "yes",
                                                "utan",
                                                "or",
                                                "and",
                                                "absent",
                                                "but",
                                                "?",
                                                "\\boxed{",
                                                "}",
                                                "Answer:",
                                                "[x]",
                                                "[ ]",
                                                "0",
                                                "1",
                                                "%",
                                                "kein",
                                                "\xc3",
                                                "\xff",
                                                "\xe2\x80\x99t",
                                                "n't",
                                                "'",
                                                "</think>",
                                                "<answer>",
                                                "[]",
                                                "A.",
                                                "D",
                                                std::string(1, '\0'),
                                                "e.g.",
                                                "=",
                                                "—"};
  std::string text;
  for (auto n = random() % 40; n > 0; --n)
    text += kPieces[random() % kPieces.size()] + (random() % 3 ? " " : "");
  return text;
}

TEST(Reader, TakesAnyBytes) {
  std::mt19937 random(20260101);
  for (int i = 0; i < 5000; ++i) {
    const auto text = random_text(random);
    read(text), read(text, "choice"), read(text, "yes_no");
    ecg_labeller().affirmed(text);
  }
}

/// Seconds of this process for reading `size` bytes of a piece as labels, as a choice and as yes or
/// no.
double seconds_of(std::size_t size, const std::string& piece) {
  std::string text;
  while (text.size() < size) text += piece;
  const auto begin = std::clock();
  for (const char* kind : {"labels", "choice", "yes_no"}) read(text, kind);
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

TEST(Reader, TakesTimeInProportionToTheLength) {
  std::string many;  // of labels, then of triggers behind them
  for (int i = 0; i < 20000; ++i) many += "MI, HYP and ";
  for (int i = 0; i < 20000; ++i) many += i % 2 ? "seen " : "absent ";
  EXPECT_LT(seconds_of(many.size(), many), 2);
  EXPECT_LT(seconds_of(1 << 20, "no "), 3) << "three kinds, each under a second";
  for (const char* piece : {"MI ",
                            "MI, ",
                            "No MI, ",
                            "MI absent ",
                            "MI but absent ",
                            "MI: no\n",
                            "x MI, ",
                            "| MI ",
                            "MI or ",
                            "Answer: ",
                            "MI: ",
                            "MI: no MI ",
                            "\\boxed{",
                            "therefore MI or HYP. ",
                            "not clearly ",
                            "No:\n",
                            "MI? ",
                            "(MI) ",
                            "A. ",
                            "'",
                            "n't",
                            "no sign of the ",
                            "| MI |\n\n"})
    EXPECT_LT(seconds_of(1 << 17, piece), 1) << piece;
}

}  // namespace
}  // namespace ecg_lora::metrics
