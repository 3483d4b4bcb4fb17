#include "ecg_lora/instruct/format/record_questions.h"

#include "ptbxl/tables.h"

namespace ecg_lora::instruct {
namespace {

using testing::error_of;
using testing::has;
using testing::load;
using testing::row;

/// Records 1 and 2 in folds 3 and 9; record 3 (fold 3) has only a rhythm statement.
ptbxl::Database example() {
  auto database = load(row(1, "{'NORM': 100.0, 'SR': 0.0}") +
                       row(2, "{'IMI': 35.0, 'AMI': 80.0, 'AFIB': 0.0}") + row(3, "{'AFIB': 0.0}"));
  database.records[1].strat_fold = 9;
  return database;
}

std::string summary(const RecordQuestions& sample) {
  std::string text = cat(sample.index, ":");
  for (const auto& question : sample.questions)
    text += cat(" ", question.label, question.positive ? "+" : "-", question.answer);
  return text;
}

TEST(Samples, AskOneQuestionALabel) {
  const auto database = example();
  const auto samples = make_record_questions(database, {database, "all"}, {3, 9});
  ASSERT_EQ(samples.size(), 3u);
  EXPECT_EQ(summary(samples[0]), "0: AFIB-No AMI-No IMI-No NORM+Yes SR+Yes");
  EXPECT_EQ(summary(samples[1]), "1: AFIB+Yes AMI+Yes IMI+Yes NORM-No SR-No");
  EXPECT_EQ(summary(samples[2]), "2: AFIB+Yes AMI-No IMI-No NORM-No SR-No");
  EXPECT_EQ(samples[0].questions[0].text, "Does this ECG show atrial fibrillation?");
  EXPECT_EQ(samples[0].questions[3].text, "Does this ECG show a normal ECG?");
}

TEST(Samples, AreThoseOfTheFolds) {
  const auto database = example();
  const ptbxl::LabelSet labels(database, "all");
  EXPECT_EQ(make_record_questions(database, labels, {3}).size(), 2u);
  const auto ninth = make_record_questions(database, labels, {9, 1});
  ASSERT_EQ(ninth.size(), 1u);
  EXPECT_EQ(ninth[0].index, 1);
}

TEST(Samples, RecordsWithoutALabelAreLeftOutOfANamedSetOnly) {
  const auto database = example();
  const auto named = make_record_questions(database, {database, "diagnostic"}, {3});
  ASSERT_EQ(named.size(), 1u);
  EXPECT_EQ(named[0].index, 0);
  const auto codes = make_record_questions(database, {database, "NORM,IMI"}, {3});
  ASSERT_EQ(codes.size(), 2u);
  EXPECT_EQ(summary(codes[1]), "2: IMI-No NORM-No");
}

TEST(Samples, RefuseFoldsWithoutARecord) {
  const auto database = example();
  const ptbxl::LabelSet labels(database, "superclass");
  for (const auto& [folds, part] : std::vector<std::pair<std::vector<int>, std::string>>{
           {{1, 2}, "in folds 1, 2,"}, {{}, "in folds ,"}}) {
    const auto message = error_of(
        ExitCode::data, [&, chosen = folds] { make_record_questions(database, labels, chosen); });
    EXPECT_TRUE(has(message, part));
    EXPECT_TRUE(has(message, "'superclass'"));
    EXPECT_TRUE(has(message, "choose other folds or labels"));
  }
  const auto rhythm_only = load(row(1, "{'AFIB': 0.0}"));
  EXPECT_TRUE(
      has(error_of(ExitCode::data,
                   [&] { make_record_questions(rhythm_only, {rhythm_only, "superclass"}, {3}); }),
          "no record with a label"));
}

TEST(Samples, AConversationIsOneTurnWithOneImageAndTheAnswer) {
  const Question question{"AFIB", "Does this ECG show atrial fibrillation?", true, "Yes"};
  const auto asked = conversation(question, false), answered = conversation(question, true);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].role, "user");
  EXPECT_EQ(asked[0].content, question.text);
  EXPECT_EQ(asked[0].images, 1);
  ASSERT_EQ(answered.size(), 2u);
  EXPECT_EQ(answered[1].role, "assistant");
  EXPECT_EQ(answered[1].content, "Yes");
  EXPECT_EQ(answered[1].images, 0);
}

TEST(Samples, WaysOfAskingAreNamed) {
  EXPECT_EQ(parse_ask("yes_no"), Ask::yes_no);
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [] { parse_ask("essay"); }), "'essay', expected yes_no or"));
}

}  // namespace
}  // namespace ecg_lora::instruct
