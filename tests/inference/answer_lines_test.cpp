// What is printed of the answers on a page.
#include "base/expect_error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/inference/predictor/answer_pages.h"

namespace ecg_lora::inference {
namespace {

const data::PageRef kPicture{false, "a.png"};
const data::PageRef kRecording{true, "r/1"};

std::vector<Answer> label_and_question() {
  Answer label{"NORM", "normal ECG", "Is this ECG normal?"};
  label.p_yes = 0.25, label.wording = "plain";
  Answer question{{}, {}, "What is the rhythm?"};
  question.decoded = decoding::Decoded{{3, 4}, -1.5, true}, question.text = "Sinus rhythm";
  return {label, question};
}

TEST(AnswerLines, AreAJsonObjectForEachAnswer) {
  const auto lines = json_lines(kPicture, label_and_question());
  const auto end = lines.find('\n');
  EXPECT_EQ(parse_json(lines.substr(0, end), "first"), (Json{{"image", "a.png"},
                                                             {"label", "NORM"},
                                                             {"question", "Is this ECG normal?"},
                                                             {"wording", "plain"},
                                                             {"p_yes", 0.25},
                                                             {"p_yes_is", "yes_no_likelihood"}}));
  EXPECT_EQ(parse_json(lines.substr(end + 1), "second"), (Json{{"image", "a.png"},
                                                               {"question", "What is the rhythm?"},
                                                               {"answer", "Sinus rhythm"},
                                                               {"logprob", -1.5},
                                                               {"stopped", true}}));
  EXPECT_EQ(parse_json(json_lines(kRecording, {Answer{}}), "record").at("record"), "r/1");
}

TEST(AnswerLines, ForPeopleNameWhatWouldBeAmbiguous) {
  const auto answers = label_and_question();
  EXPECT_EQ(text_lines(kPicture, answers, /*several_pages=*/true),
            "# a.png\n0.2500  NORM  normal ECG\nWhat is the rhythm?\nSinus rhythm\n");
  EXPECT_EQ(text_lines(kPicture, {answers[1]}, false), "Sinus rhythm\n");
}

}  // namespace
}  // namespace ecg_lora::inference
