#include "ecg_lora/metrics/tasks/task_compare.h"

#include "base/expect_error.h"

namespace ecg_lora::metrics {
namespace {

using testing::error_of;
using testing::has;

/// Twenty questions to yes or no on ten pages; of every `right_of` the first is answered right.
TaskRun run(const std::string& name, int right_of) {
  TaskRun result{name, {}};
  for (int i = 0; i < 20; ++i) {
    TaskAnswer a;
    a.task = "verify", a.id = std::to_string(i), a.kind = AnswerKind::yes_no, a.question = "?",
    a.options = {"yes", "no"}, a.gold = {i % 3 ? "no" : "yes"};
    a.record = std::to_string(i / 2) + ".png", a.patient = std::to_string(i / 2),
    a.type = i < 8 ? "rhythm" : "noise";
    a.answer = i % right_of == 0 ? a.gold[0] : "who knows";
    result.answers.push_back(a);
  }
  return result;
}

TEST(TaskComparison, PairsQuestionsAndCountsWhatOneAloneAnswersRight) {
  const auto c = compare(run("all", 1), run("half", 2), {50, 1});
  ASSERT_EQ(c.tasks.size(), 3u);
  const auto& whole = c.tasks[0];
  EXPECT_EQ(whole.type, "");
  EXPECT_EQ(whole.questions, 20);
  EXPECT_EQ(whole.patients, 10);
  EXPECT_EQ(whole.only_first_right, 10);
  EXPECT_EQ(whole.only_second_right, 0);
  EXPECT_DOUBLE_EQ(*whole.metrics[0].value, -0.5);
  EXPECT_EQ(whole.metrics[0].low, std::nullopt) << "each patient has one of each: nothing varies";
  EXPECT_EQ(whole.p_holm, whole.metrics[0].p) << "of one task nothing is adjusted";
  EXPECT_EQ(whole.metrics.size(), metrics_of(AnswerKind::yes_no).size());
  EXPECT_EQ(whole.metrics.back().value, std::nullopt) << "no likelihoods, no AUROC";
  EXPECT_EQ(c.tasks[1].type, "noise");
  EXPECT_EQ(c.tasks[1].p_holm, std::nullopt);
  EXPECT_EQ(c.tasks[1].questions + c.tasks[2].questions, 20);
}

TEST(TaskComparison, IsOnWhatBothHaveAndCountsTheRest) {
  auto first = run("first", 1), second = run("second", 1);
  first.answers.erase(first.answers.begin());
  second.answers.resize(17);
  const auto c = compare(first, second, {0, 1});
  EXPECT_EQ(c.tasks[0].questions, 16);
  EXPECT_EQ(c.only_first, 3);
  EXPECT_EQ(c.only_second, 1);
  for (const auto& metric : c.tasks[0].metrics) EXPECT_EQ(metric.value.value_or(0), 0);
}

TEST(TaskComparison, APatientThatOneRunDoesNotKnowIsTheOthers) {
  auto blind = run("blind", 1);
  for (auto& a : blind.answers) a.patient.clear(), a.record = "one.png";
  auto sees = run("sees", 1);
  for (auto& a : sees.answers) a.record = "one.png";
  EXPECT_EQ(compare(blind, sees, {0, 1}).tasks[0].patients, 10);
  EXPECT_EQ(compare(sees, blind, {0, 1}).tasks[0].patients, 10);
}

TEST(TaskComparison, RefusesRunsOfOtherQuestions) {
  const auto refused = [](const std::function<void(TaskAnswer&)>& change) {
    auto other = run("other", 1);
    change(other.answers[4]);
    return error_of(ExitCode::data, [&] { compare(run("one", 1), other, {0, 1}); });
  };
  EXPECT_TRUE(has(refused([](TaskAnswer& a) { a.gold = {a.gold[0] == "yes" ? "no" : "yes"}; }),
                  "runs one and other disagree about question 4 of verify: the right answer"));
  EXPECT_TRUE(has(refused([](TaskAnswer& a) { a.options.push_back("not sure"); }), "the options"));
  EXPECT_TRUE(has(refused([](TaskAnswer& a) { a.kind = AnswerKind::choice; }),
                  "kind yes_no against choice"));
  EXPECT_TRUE(has(refused([](TaskAnswer& a) { a.record = "x.png"; }), "page 2.png against x.png"));
  EXPECT_TRUE(has(refused([](TaskAnswer& a) { a.patient = "99"; }), "patient 2 against 99"));
  EXPECT_TRUE(has(refused([](TaskAnswer& a) { a.type = "x"; }), "type 'rhythm' against 'x'"));
  auto strangers = run("strangers", 1);
  for (auto& a : strangers.answers) a.task = "else";
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { compare(run("one", 1), strangers, {0, 1}); }),
                  "share no question"));
}

}  // namespace
}  // namespace ecg_lora::metrics
