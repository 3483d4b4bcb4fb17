#include "ecg_lora/metrics/tasks/task_answers.h"

#include <gtest/gtest.h>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/metrics/tasks/pulse_scorer.h"
#include "ecg_lora/metrics/tasks/task_scores.h"

namespace ecg_lora::metrics {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;
using Texts = std::vector<std::string>;

TaskAnswer question(AnswerKind kind, Texts options, Texts gold, std::optional<std::string> answer) {
  TaskAnswer a;
  a.task = "t", a.id = "1", a.kind = kind, a.question = "?", a.options = std::move(options),
  a.gold = std::move(gold), a.record = "1.png", a.answer = std::move(answer);
  return a;
}

/// What an answer is read as; "unread" for nothing.
Texts read(AnswerKind kind, const Texts& options, const std::string& answer) {
  const auto places = parse_answer(question(kind, options, {}, answer));
  if (!places) return {"unread"};
  Texts names;
  for (const auto place : *places) names.push_back(options[place]);
  return names;
}

TEST(TaskAnswer, LabelsAreReadByWordAndNegation) {
  const Texts super{"NORM", "MI", "STTC", "CD", "HYP"};
  const auto labels = [&](const std::string& text) {
    return read(AnswerKind::labels, super, text);
  };
  EXPECT_EQ(labels("MI, CD"), (Texts{"MI", "CD"}));
  EXPECT_EQ(labels("No evidence of MI; hypertrophy is seen."), (Texts{"HYP"}));
  EXPECT_EQ(labels("An ABNORMAL ECG with ST-T changes"), (Texts{"STTC"}));
  EXPECT_EQ(labels("It could be MI or HYP. Answer: NORM"), (Texts{"NORM"}));
  EXPECT_EQ(labels("No MI, no HYP"), Texts{}) << "read: it names none";
  EXPECT_EQ(labels("None of them"), Texts{});
  EXPECT_EQ(labels("I cannot tell"), (Texts{"unread"}));
  EXPECT_EQ(labels(""), (Texts{"unread"}));
  const Texts code15{"NORM", "ABNORMAL", "1dAVb", "RBBB", "LBBB", "SB", "ST", "AF"};
  EXPECT_EQ(read(AnswerKind::labels, code15, "ST elevation in V2"), Texts{"unread"})
      << "no sinus tachycardia";
  EXPECT_EQ(read(AnswerKind::labels, code15, "ST and first-degree AV block"),
            (Texts{"1dAVb", "ST"}));
  const Texts cpsc{"STD", "STE", "I-AVB"};
  EXPECT_EQ(read(AnswerKind::labels, cpsc, "ST depression, and I-AVB"), (Texts{"STD", "I-AVB"}));
  EXPECT_EQ(read(AnswerKind::labels, cpsc, "II-AVB"), (Texts{"unread"}));
}

TEST(TaskAnswer, ChoicesAndYesOrNo) {
  const Texts options{"sinus rhythm", "RBBB", "LBBB", "atrial flutter"};
  EXPECT_EQ(read(AnswerKind::choice, options, "RBBB. Answer: D"), (Texts{"atrial flutter"}));
  EXPECT_EQ(read(AnswerKind::choice, options, "B"), (Texts{"RBBB"}));
  EXPECT_EQ(read(AnswerKind::choice, options, "RBBB or LBBB"), (Texts{"unread"}));
  const Texts verify{"yes", "no", "not sure"};
  EXPECT_EQ(read(AnswerKind::yes_no, verify, "Not sure."), (Texts{"not sure"}));
  EXPECT_EQ(read(AnswerKind::yes_no, verify, "No."), (Texts{"no"}));
  EXPECT_EQ(read(AnswerKind::yes_no, {"yes", "no"}, "perhaps"), (Texts{"unread"}));
}

TEST(TaskAnswer, LikelihoodsSpeakWithoutWords) {
  auto a = question(AnswerKind::choice, {"a", "b", "c"}, {"b"}, std::nullopt);
  EXPECT_EQ(parse_answer(a), std::nullopt);
  a.probability = {0.2, 0.5, 0.3};
  EXPECT_EQ(parse_answer(a), (std::vector<std::size_t>{1}));
  a.kind = AnswerKind::labels, a.probability = {0.6, 0.5, 0.3};
  EXPECT_EQ(parse_answer(a), (std::vector<std::size_t>{0, 1}));
}

TEST(TaskAnswer, LinesComeBackAndDamageIsNamed) {
  const TemporaryFolder folder;
  auto a = question(AnswerKind::labels, {"x", "y"}, {"y"}, "y \"quoted\" \xe4");
  a.type = "query", a.reference = "y", a.patient = "17", a.sample = 3, a.probability = {0, 1};
  auto b = question(AnswerKind::text, {}, {"a report"}, std::nullopt);
  b.id = "2";
  write_file(folder / "p.jsonl", to_line(a) + "\n" + to_line(b) + "\n");
  const auto back = read_task_answers(folder / "p.jsonl");
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(to_line(back[1]), to_line(b));
  EXPECT_TRUE(back[0].gold == a.gold && back[0].type == a.type && back[0].patient == a.patient &&
              back[0].probability == a.probability && back[0].sample == 3);
  EXPECT_TRUE(holds_task_answers(folder / "p.jsonl"));
  const auto refused = [&](const std::string& text) {
    write_file(folder / "bad.jsonl", text);
    return error_of(ExitCode::data, [&] { read_task_answers(folder / "bad.jsonl"); });
  };
  EXPECT_TRUE(has(refused(to_line(a) + "\n" + to_line(a) + "\n"),
                  "line 2 answers question 1 of t again, as line 1 does"));
  EXPECT_TRUE(has(refused("{\"task\":\"t\"}\n"), "line 1 lacks task, id"));
  EXPECT_TRUE(has(refused(to_line(b).substr(0, 30)), "line 1"));
  EXPECT_TRUE(has(refused(""), "holds no answer"));
  auto bad = a;
  bad.gold = {"z"};
  EXPECT_TRUE(has(refused(to_line(bad)), "'z' is none of the options"));
  bad = a, bad.probability = {1};
  EXPECT_TRUE(has(refused(to_line(bad)), "1 probabilities for 2 options"));
  bad = a, bad.probability = {1, 1.5};
  EXPECT_TRUE(has(refused(to_line(bad)), "probability 1.5"));
}

TEST(TaskScores, TheUnreadAreWrongInEveryLabel) {
  std::vector<TaskAnswer> answers{
      question(AnswerKind::labels, {"x", "y", "z"}, {"x"}, "x"),
      question(AnswerKind::labels, {"x", "y", "z"}, {"y"}, "who knows")};
  answers[1].id = "2";
  const auto scores = score_tasks(answers, {0, 1});
  ASSERT_EQ(scores.size(), 1u);
  const auto value = [&](std::size_t m) { return *scores[0].metrics[m].value; };
  EXPECT_EQ(scores[0].unparsed, 1);
  EXPECT_EQ(scores[0].absent_classes(), (Texts{"z"}));
  EXPECT_DOUBLE_EQ(value(0), (2.0 / 3 + 0) / 2)
      << "x: one hit, one false call; y: missed; z is left out";
  EXPECT_DOUBLE_EQ(value(1), 0.5);
  EXPECT_DOUBLE_EQ(value(2), 0.5);
  answers[1].answer.reset();
  EXPECT_EQ(score_tasks(answers, {0, 1})[0].unanswered, 1);
}

TEST(TaskScores, TypesOfQuestionStandApart) {
  std::vector<TaskAnswer> answers;
  for (int i = 0; i < 6; ++i) {
    answers.push_back(
        question(AnswerKind::yes_no, {"yes", "no"}, {i % 2 ? "yes" : "no"}, i < 3 ? "yes" : "no"));
    answers.back().id = std::to_string(i), answers.back().type = i < 4 ? "verify" : "other kind";
  }
  const auto scores = score_tasks(answers, {20, 1});
  ASSERT_EQ(scores.size(), 3u);
  EXPECT_EQ(scores[0].type, "");
  EXPECT_EQ(scores[1].type, "other kind");
  EXPECT_EQ(scores[1].questions + scores[2].questions, scores[0].questions);
  EXPECT_EQ(scores[0].patients, 1) << "one page";
  EXPECT_TRUE(scores[0].metrics[0].value);
  EXPECT_FALSE(scores[0].metrics[0].low) << "one patient says nothing about others";
}

TEST(PulseScorer, HasTheTrapsOfThePublishedOne) {
  PythonRandom random(42);
  const auto labels = [&](const char* text) {
    return pulse_scores("ptb-test", {{"", text, "NORM", {}}, {"", "MI", "MI", {}}}, random)
        .values.at("f1");
  };
  EXPECT_EQ(labels("ABNORMAL"), 1) << "holds NORM";
  EXPECT_DOUBLE_EQ(labels("No evidence of MI. NORM"), (1 + 2.0 / 3) / 2) << "MI is called";
  EXPECT_EQ(labels("NORM HYP CD"), 1) << "labels that the gold lacks cost nothing";
  EXPECT_EQ(
      pulse_scores("csn-test", {{"", "RBBB. Answer: D", "D", {}}}, random).values.at("accuracy"), 0)
      << "read as B";
  const auto drawn = pulse_scores("csn-test", {{"", "I do not know", "B", {}}}, random);
  EXPECT_EQ(drawn.drawn, 1);
}

TEST(PulseScorer, DrawsAsPythonDoes) {
  PythonRandom random(
      42);  // random.seed(42); [random.choice(range(8)) for _ in range(8)], then of 4
  std::vector<std::uint32_t> drawn;
  for (int i = 0; i < 8; ++i) drawn.push_back(random.below(8));
  for (int i = 0; i < 4; ++i) drawn.push_back(random.below(4));
  EXPECT_EQ(drawn, (std::vector<std::uint32_t>{1, 0, 4, 3, 3, 2, 1, 1, 3, 0, 0, 0}));
}

}  // namespace
}  // namespace ecg_lora::metrics
