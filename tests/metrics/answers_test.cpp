#include "ecg_lora/metrics/answers/answers.h"

#include <gtest/gtest.h>

namespace ecg_lora::metrics {
namespace {

using Labels = std::set<std::string>;

TEST(YesNo, IsReadByWord) {
  for (const char* yes : {"Yes", "yes.", "Yes, although no ST elevation is seen",
                          "The answer is yes.", "**Yes**", "Ja, Vorhofflimmern."})
    EXPECT_EQ(parse_yes_no(yes), true) << yes;
  for (const char* no :
       {"No", "no, there is not", "No. Yes would need P waves.", "The answer is: no"})
    EXPECT_EQ(parse_yes_no(no), false) << no;
  for (const char* none :
       {"", "  \n", "Yesterday's ECG", "Normal ECG", "It may be yes or no", "Nothing", "!"})
    EXPECT_EQ(parse_yes_no(none), std::nullopt) << none;
}

TEST(Choice, FollowsTheLetterThatIsSaidToBeTheAnswer) {
  const std::vector<std::string> options{"Normal ECG", "RBBB", "LBBB", "Atrial flutter"};
  for (const char* text :
       {"D", "(D)", "D.", "D) Atrial flutter", "RBBB. Answer: D", "The answer is D",
        "Option D is right", "Atrial flutter", "There is atrial flutter and no RBBB."})
    EXPECT_EQ(parse_choice(text, options), 3u) << text;
  EXPECT_EQ(parse_choice("A normal ECG", options), 0u);
  EXPECT_EQ(parse_choice("A right answer", options), std::nullopt);
  for (const char* text :
       {"", "E", "RBBB or LBBB", "none of these", "No RBBB", "Abnormal ECG", "IRBBB"})
    EXPECT_EQ(parse_choice(text, options), std::nullopt) << text;
}

TEST(Labeller, ReadsNegation) {
  const auto& labeller = ecg_labeller();
  EXPECT_EQ(labeller.affirmed("Sinus rhythm. No evidence of myocardial infarction."), Labels{"SR"});
  EXPECT_EQ(labeller.affirmed("No ST elevation, Q waves or LVH; left bundle branch block"),
            Labels{"LBBB"});
  EXPECT_EQ(labeller.affirmed("No ischemia but atrial fibrillation"), Labels{"AFIB"});
  EXPECT_EQ(
      labeller.affirmed(
          "Atrial fibrillation is absent. Infarction was ruled out. LVH is not seen. SVT unlikely"),
      Labels{});
  EXPECT_EQ(labeller.affirmed("sinusrhythmus, kein vorhofflimmern, ohne infarkt"), Labels{"SR"});
  EXPECT_EQ(labeller.affirmed("LINKSVENTRIKUL\u00c4RE HYPERTROPHIE"), Labels{"LVH"});
}

TEST(Labeller, ReadsWholeWordsAndTheLongestPhrase) {
  const auto& labeller = ecg_labeller();
  EXPECT_EQ(labeller.affirmed("Abnormal ECG"), Labels{});  // is not "normal ECG"
  EXPECT_EQ(labeller.affirmed("incomplete right bundle branch block"), Labels{"IRBBB"});
  EXPECT_EQ(labeller.affirmed("ST-elevation in V2 1.5 mm, left axis deviation"),
            (Labels{"STE_", "LAD"}));
  EXPECT_EQ(labeller.affirmed("left bundle. branch block"), Labels{});
  EXPECT_EQ(labeller.affirmed(""), Labels{});
}

TEST(ClinicalEfficacy, CountsStatementsNotWords) {
  const std::vector<TextPair> pairs{{"Sinus rhythm, atrial flutter", "sinusrhythmus"},
                                    {"", "Atrial fibrillation"},
                                    {"No infarction", "no sign of infarction"}};
  const auto scores = clinical_efficacy(pairs, ecg_labeller());
  EXPECT_DOUBLE_EQ(scores.micro_precision, 0.5);
  EXPECT_DOUBLE_EQ(scores.micro_recall, 0.5);
  EXPECT_DOUBLE_EQ(scores.micro_f1, 0.5);
  EXPECT_DOUBLE_EQ(scores.macro_f1, 0.5);  // SR 1, AFIB 0
  EXPECT_EQ(scores.labels, (std::vector<std::string>{"AFIB", "SR"}));
  EXPECT_EQ(scores.unlabelled_references, 1);
}

TEST(Texts, AnEmptyPredictionCountsAsNothing) {
  const auto scores =
      score_texts({{"sinus rhythm with a normal axis", "sinus rhythm with a normal axis"},
                   {" .", "atrial fibrillation"}});
  EXPECT_EQ(scores.empty, 1);
  EXPECT_DOUBLE_EQ(scores.rouge1, 0.5);
  EXPECT_DOUBLE_EQ(scores.rouge_l, 0.5);
  EXPECT_EQ(score_texts({}).pairs, 0);
  EXPECT_EQ(corpus_bleu({{"", "a"}}).bleu[3], 0);
}

}  // namespace
}  // namespace ecg_lora::metrics
