#include "evaluation/scoring/task_formats.h"
#include "base/expect_error.h"

namespace ecg_lora::evaluation {
namespace {

using ecg_lora::testing::error_of;
using Texts = std::vector<std::string>;

metrics::TaskAnswer understood(const TaskFormat& format, const std::string& question,
                               const std::string& reference, const std::string& kind = "",
                               const Texts& known = {}) {
  metrics::TaskAnswer answer;
  answer.question = question, answer.reference = reference;
  instruct::InstructionItem item;
  item.kind = kind;
  understand(answer, format, item, known, "x.json item 0");
  return answer;
}

TEST(TaskFormats, KnowsEcgbenchByNameOfTheTask) {
  EXPECT_EQ(task_format("auto", "ptb-test", {}).labels, (Texts{"NORM", "MI", "STTC", "CD", "HYP"}));
  EXPECT_EQ(task_format("", "csn-test-no-cot", {}).kind, "choice");
  EXPECT_EQ(task_format("auto", "mine", {"a"}).kind, "auto");
  EXPECT_EQ(task_format("auto", "mine", {"a"}).labels, Texts{"a"});
  EXPECT_EQ(task_format("ptb-test-report", "mine", {}).kind, "text");
}

TEST(TaskFormats, TakesKindsByName) {
  EXPECT_EQ(task_format("labels", "ptb-test", {"a", "b"}).labels, (Texts{"a", "b"}));
  for (const char* kind : {"yes_no", "choice", "text"}) {
    EXPECT_EQ(task_format(kind, "ptb-test", {"a"}).kind, kind);
    EXPECT_TRUE(task_format(kind, "ptb-test", {"a"}).labels.empty());
  }
  EXPECT_TRUE(ecg_lora::testing::has(
      error_of(ExitCode::usage, [] { task_format("chioce", "mine", {}); }),
      "tasks.kinds: 'chioce' is none of auto, yes_no, choice, labels, text, arena, "));
}

TEST(TaskFormats, TellsKindsByQuestionAndReference) {
  const TaskFormat automatic{"auto", {}};
  EXPECT_EQ(understood(automatic, "Is it AF?", "Yes.").kind, metrics::AnswerKind::yes_no);
  EXPECT_EQ(understood(automatic, "Report?", "Sinus rhythm.").kind, metrics::AnswerKind::text);
  const auto choice = understood(automatic, "Which?\nA. Normal\nB. AF", "B");
  EXPECT_EQ(choice.kind, metrics::AnswerKind::choice);
  EXPECT_EQ(choice.gold, Texts{"AF"});
  const auto labels = understood(automatic, "Which? Options: MI, CD, HYP", "MI, CD");
  EXPECT_EQ(labels.kind, metrics::AnswerKind::labels);
  EXPECT_EQ(labels.gold, (Texts{"MI", "CD"}));
}

TEST(TaskFormats, KindsOfEcgQa) {
  const TaskFormat automatic{"auto", {}};
  const auto verify = understood(automatic, "Is it AF?", "not sure", "single-verify");
  EXPECT_EQ(verify.kind, metrics::AnswerKind::yes_no);
  EXPECT_EQ(verify.options, (Texts{"yes", "no", "not sure"}));
  EXPECT_EQ(verify.gold, Texts{"not sure"});
  const auto query = understood(automatic, "Which?", "AF", "single-query", {"AF", "SB"});
  EXPECT_EQ(query.options, (Texts{"AF", "SB"}));
  EXPECT_EQ(query.gold, Texts{"AF"});
}

TEST(TaskFormats, NotSureIsAnOptionOnlyIfItIsRightOrTheTaskHasIt) {
  EXPECT_EQ(understood({"yes_no", {}}, "Is it AF?", "No").options, (Texts{"yes", "no"}));
  EXPECT_EQ(understood({"yes_no", {}}, "Is it AF?", "Not sure").options,
            (Texts{"yes", "no", "not sure"}));
}

TEST(TaskFormats, OptionsOfTheQuestionComeBeforeLabels) {
  const TaskFormat format{"labels", {"x", "y"}};
  EXPECT_EQ(understood(format, "Options: a, b", "a").options, (Texts{"a", "b"}));
  EXPECT_EQ(understood(format, "Which?", "y, x", "", {"a"}).options, (Texts{"x", "y"}));
}

TEST(TaskFormats, RefusesReferencesThatAreNoOption) {
  EXPECT_EQ(
      error_of(ExitCode::data, [] { understood({"yes_no", {}}, "?", "maybe"); }),
      "x.json item 0: the answer 'maybe' is neither yes nor no, expected one of them; correct "
      "the item or choose another of tasks.kinds");
  EXPECT_EQ(error_of(ExitCode::data, [] { understood({"choice", {}}, "Which?", "A"); }),
            "x.json item 0 has no options (A. …, B. …) in its question, expected some for a "
            "choice; correct the item or choose another of tasks.kinds");
  EXPECT_EQ(error_of(ExitCode::data, [] { understood({"choice", {}}, "A. one B. two", "Z"); }),
            "x.json item 0: the answer 'Z' is none of the options one, two; correct the item");
  EXPECT_EQ(error_of(ExitCode::data, [] { understood({"labels", {}}, "Which?", "a"); }),
            "x.json item 0 lists no options and tasks.labels is empty, expected what may be "
            "answered; set tasks.labels");
  EXPECT_EQ(
      error_of(ExitCode::data, [] { understood({"labels", {"a", "b"}}, "Which?", "c"); }),
      "x.json item 0: the answer 'c' does not say which of a, b are right; correct the item or "
      "set tasks.labels");
  EXPECT_EQ(
      error_of(ExitCode::data, [] { understood({"labels", {"a", "b"}}, "Which?", ""); }),
      "x.json item 0: the answer '' does not say which of a, b are right; correct the item or "
      "set tasks.labels");
}

}  // namespace
}  // namespace ecg_lora::evaluation
