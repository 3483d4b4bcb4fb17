// Questions and labels on a page, against decoding and likelihoods called directly.
#include "ecg_lora/inference/predictor/predictor.h"

#include <limits>

#include "ecg_lora/data/loader/batch_maker.h"
#include "ecg_lora/inference/decoding/likelihood.h"
#include "inference/tiny_base.h"

namespace ecg_lora::inference {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has;
using testing::choice_of, testing::memory_checked;

Answer question(const std::string& text) {
  return {{}, {}, text};
}

Answer label(const std::string& name, const std::string& text) {
  return {name, name, text};
}

class Predicting : public testing::TinyBase {
 protected:
  static OpenModel open() {
    return open_model(choice_of(base(), adapter()), memory_checked(), load_formats(base()));
  }
  static decoding::DecodeOptions six_tokens() {
    decoding::DecodeOptions options;
    options.max_new_tokens = 6;
    return options;
  }
  /// The prompt of `text` about the page, as a batch of one row.
  static data::Batch prompt(const OpenModel& open, const std::string& text) {
    data::BatchConfig config;
    config.max_tokens = std::numeric_limits<int>::max();
    const data::PageMaker pages({}, open.formats.image);
    const data::BatchMaker maker(open.formats.chat, pages, config,
                                 open.model->config().pad_token_id);
    return maker.make_prompts({{{{"user", text, 1}}, {page()}, 0, "a question"}}, 0);
  }
};

TEST_F(Predicting, WordsAreThoseOfDecodingTheSamePrompt) {
  std::vector<Answer> answers{question("Is the rhythm sinus rhythm?")};
  Predictor(open(), six_tokens(), /*probabilities=*/false).answer(page(), answers);
  auto direct = open();
  auto options = six_tokens();
  options.stops = direct.stops();
  const auto decoded =
      decoding::decode(direct.model, prompt(direct, answers[0].question), options).front();
  ASSERT_TRUE(answers[0].decoded);
  EXPECT_EQ(answers[0].decoded->tokens, decoded.tokens);
  EXPECT_EQ(answers[0].text, direct.formats.chat.tokenizer->decode(decoded.tokens));
  EXPECT_FALSE(answers[0].p_yes);
  EXPECT_LE(decoded.tokens.size(), 6u);
}

TEST_F(Predicting, ProbabilitiesAreThoseOfTheLikelihoods) {
  std::vector<Answer> answers{label("NORM", "Is this ECG normal?"),
                              label("AFIB", "Is there atrial fibrillation?")};
  Predictor(open(), six_tokens(), /*probabilities=*/false).answer(page(), answers);
  auto direct = open();
  const auto variants = decoding::yes_no_variants(*direct.formats.chat.tokenizer);
  for (const auto& answer : answers) {
    const auto p =
        decoding::yes_probabilities(direct.model, prompt(direct, answer.question), variants);
    ASSERT_TRUE(answer.p_yes);
    EXPECT_NEAR(*answer.p_yes, p.front(), 1e-6) << answer.label;
    EXPECT_FALSE(answer.decoded) << "labels get no words";
  }
  EXPECT_NE(*answers[0].p_yes, *answers[1].p_yes);
}

TEST_F(Predicting, QuestionsGetProbabilitiesIfTheyAreAsked) {
  std::vector<Answer> answers{question("Is this ECG normal?")};
  Predictor(open(), six_tokens(), /*probabilities=*/true).answer(page(), answers);
  EXPECT_TRUE(answers[0].decoded);
  ASSERT_TRUE(answers[0].p_yes);
  EXPECT_GT(*answers[0].p_yes, 0);
  EXPECT_LT(*answers[0].p_yes, 1);
}

TEST_F(Predicting, APageThatIsNotThereIsADataError) {
  std::vector<Answer> answers{question("Is this ECG normal?")};
  Predictor predictor(open(), six_tokens(), false);
  EXPECT_TRUE(has(
      error_of(ExitCode::data, [&] { predictor.answer({false, in_folder("none.png")}, answers); }),
      "none.png"));
}

TEST_F(Predicting, WhatIsAskedMustBeAskedInWords) {
  const auto choice = choice_of(base());
  const auto said = [&](const Questions& questions) {
    return error_of(ExitCode::usage, [&] { answers_to_fill(questions, choice); });
  };
  EXPECT_TRUE(has(said({}), "expected --question or --labels"));
  EXPECT_TRUE(has(said({{}, {}, {}, {"Is it?", " \t"}}), "--question is empty"));
  EXPECT_TRUE(has(said({{}, {}, "other.json", {"Is it?"}}), "--wording other.json"));
  const auto answers = answers_to_fill({{}, {}, {}, {"Is it?", "What is it?"}}, choice);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[1].question, "What is it?");
}

TEST(Prompts, OfLabelsAreLikelihoodsAndOfQuestionsWords) {
  const auto labels = prompts_of({label("NORM", "Is this ECG normal?")}, 40);
  EXPECT_EQ(labels.max_new_tokens, 0);
  EXPECT_EQ(labels.rows, 1);
  const std::string long_question(300, 'q');
  const auto both = prompts_of({label("NORM", "Normal?"), question(long_question)}, 40);
  EXPECT_EQ(both.max_new_tokens, 40);
  EXPECT_EQ(both.rows, 2);
  EXPECT_EQ(both.tokens, 132) << "100 tokens of the question, 32 of the chat template";
}

}  // namespace
}  // namespace ecg_lora::inference
