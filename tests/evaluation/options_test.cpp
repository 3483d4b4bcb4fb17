#include <gtest/gtest.h>

#include "ecg_lora/metrics/answers/answers.h"
#include "evaluation/scoring/question_options.h"
#include "evaluation/scoring/task_instructions.h"

namespace ecg_lora::evaluation {
namespace {

using Texts = std::vector<std::string>;

TEST(Options, AnInstructionBehindTheLastOneIsNoPartOfIt) {
  const std::string question =
      "What is seen? Options: A. Atrial flutter, B. Sinus rhythm, C. Pacing, D. Normal ECG";
  const Texts expected{"Atrial flutter", "Sinus rhythm", "Pacing", "Normal ECG"};
  for (const char* rest : {"", ".", ". Please answer with the letter.", ". Choose one.",
                           ". Respond with only the letter", "\nAnswer with the letter.",
                           ". Answer: ", " (choose one)",
                           " Answer with the option's letter from the given choices directly.",
                           "\n\nE.g. answer \"D\".",
                           ". Only answer based on the given Options without any explanation.",
                           ". Bitte antworten Sie nur mit dem Buchstaben.", "; wähle eine Antwort.",
                           ".\nVälj ett alternativ.", ". Svara bara med bokstaven.",
                           ". If unsure, choose the most likely one.", ". **Select one option.**",
                           ". Multiple answers are possible."}) {
    const auto options = options_of(question + rest);
    EXPECT_TRUE(options.lettered) << rest;
    EXPECT_EQ(options.texts, expected) << rest;
    for (const char* answer : {"D", "Normal ECG", "(D)", "D. Normal ECG"})
      EXPECT_EQ(metrics::parse_choice(answer, options.texts), 3u) << rest << answer;
  }
}

TEST(Options, OtherLayoutsAndListsLoseItToo) {
  const Texts two{"Sinus rhythm", "Normal ECG"};
  EXPECT_EQ(options_of("Which?\n(A) Sinus rhythm\n(B) Normal ECG\nAnswer with (A) or (B).").texts,
            two);
  EXPECT_EQ(options_of("Which?\nA) Sinus rhythm\nB) Normal ECG. Choose one.").texts, two);
  EXPECT_EQ(options_of("Which apply? Options: NORM, MI, HYP. Choose all that apply.").texts,
            (Texts{"NORM", "MI", "HYP"}));
  EXPECT_EQ(options_of("Which?\nOptions: lead I, lead II\nOnly answer based on the given Options "
                       "without any explanation.")
                .texts,
            (Texts{"lead I", "lead II"}));
  EXPECT_EQ(options_of("Which labels apply?").texts, Texts{});
}

TEST(Options, WordsOfAnOptionStay) {
  for (const char* option :
       {"Multiple premature beats", "Pacing (only in V1)", "ST elevation (which is old)",
        "Mark of a pacemaker. Low voltage", "State after infarction"})
    EXPECT_EQ(without_instruction(option), option);
}

}  // namespace
}  // namespace ecg_lora::evaluation
