#include "ecg_lora/instruct/generate/generate_samples.h"

#include <gtest/gtest.h>

#include <set>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/instruct/format/record_questions.h"
#include "language.h"
#include "question_wordings.h"

namespace ecg_lora::instruct {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

using Codes = std::vector<ptbxl::StatedCode>;

std::vector<ptbxl::Statement> table() {
  return {{"NORM", "normal ECG", true, false, false, "NORM", "NORM"},
          {"IMI", "inferior myocardial infarction", true, false, false, "MI", "IMI"},
          {"ILMI", "inferolateral myocardial infarction", true, false, false, "MI", "IMI"},
          {"LAFB", "left anterior fascicular block", true, false, false, "CD", "LAFB/LPFB"},
          {"LVH", "left ventricular hypertrophy", true, false, false, "HYP", "LVH"},
          {"ISCAL", "ischemic in anterolateral leads", true, false, false, "STTC", "ISCA"},
          {"PVC", "ventricular premature complex", false, true, false, "", ""},
          {"SR", "sinus rhythm", false, false, true, "", ""},
          {"STACH", "sinus tachycardia", false, false, true, "", ""},
          {"AFIB", "atrial fibrillation", false, false, true, "", ""}};
}

ptbxl::Words words_of(const std::string& code) {
  return ptbxl::Wording::builtin().statement(code)->words;
}

SourceRecording recording(std::int64_t id, Codes codes, double rate = 75, double axis = 40) {
  SourceRecording result;
  result.id = id;
  result.patient = 100 + id;
  result.age = 50;
  result.statements = std::move(codes);
  result.report = "sinus rhythm. normal ecg.";
  result.rr = features::RrStatistics{rate, 0.02, 0.02, 0.03, features::Regularity::regular};
  result.axis = features::Axis{axis, 1};
  return result;
}

struct Made {
  std::vector<GeneratedSample> samples;
  GenerationStatistics statistics;
};

Made make(const std::vector<SourceRecording>& recordings, const std::vector<QuestionKind>& kinds,
          GenerationOptions options = {}, std::uint64_t seed = 1) {
  Made made;
  made.statistics = generate_samples(table(), recordings, kinds, options, seed,
                                     [&](const SourceRecording&, const GeneratedSample& sample) {
                                       made.samples.push_back(sample);
                                     });
  return made;
}

/// The only answer, and "" where there is none.
std::string answer(const SourceRecording& recording, QuestionKind kind,
                   GenerationOptions options = {}) {
  const auto made = make({recording}, {kind}, options);
  return made.samples.empty() ? "" : made.samples.front().answer;
}
std::string reason(const SourceRecording& recording, QuestionKind kind,
                   GenerationOptions options = {}) {
  const auto made = make({recording}, {kind}, options);
  return made.statistics.skipped.empty() ? "" : made.statistics.skipped.begin()->first.second;
}

std::set<std::string> yes_no(const Made& made) {
  std::set<std::string> all;
  for (const auto& sample : made.samples) all.insert(sample.id + "=" + sample.answer);
  return all;
}

TEST(GenerateYesNo, AsksAsManyYesAsNo) {
  const auto made =
      make({recording(1, {{"NORM", 100}, {"SR", 0}}), recording(2, {{"IMI", 80}, {"AFIB", 0}}),
            recording(3, {{"LVH", 100}, {"SR", 0}})},
           {QuestionKind::yes_no}, {});
  for (const auto& [code, counts] : made.statistics.statements)
    EXPECT_EQ(counts.yes, counts.no) << code;
  EXPECT_EQ(made.statistics.statements.at("NORM").yes, 1u);
  EXPECT_EQ(made.statistics.statements.at("SR").could_be_yes, 2u);
  EXPECT_EQ(made.statistics.statements.at("SR").yes, 1u) << "only one recording has another rhythm";
  EXPECT_TRUE(yes_no(made).count("2-yes_no-IMI=Yes"));
}

TEST(GenerateYesNo, WhatIsNeitherIsNotAsked) {
  const std::vector<SourceRecording> recordings = {
      recording(1, {{"IMI", 35}, {"SR", 0}}), recording(2, {{"IMI", 80}, {"STACH", 0}}),
      recording(3, {{"LAFB", 0}, {"SR", 0}}), recording(4, {{"NORM", 100}}),
      recording(5, {{"SR", 0}})};
  const auto counts = make(recordings, {QuestionKind::yes_no}).statistics.statements;
  EXPECT_EQ(counts.at("IMI").left_out.at("likelihood below the minimum"), 1u);
  EXPECT_EQ(counts.at("ILMI").left_out.at("overlaps with a stated one"), 2u)
      << "of the same subclass";
  EXPECT_EQ(counts.at("LAFB").left_out.at("likelihood not stated"), 1u);
  EXPECT_EQ(counts.at("SR").could_be_yes, 3u) << "rhythms are stated without a likelihood";
  EXPECT_EQ(counts.at("SR").left_out.at("overlaps with a stated one"), 1u)
      << "sinus tachycardia is a sinus rhythm";
  EXPECT_EQ(counts.at("SR").left_out.at("nothing stated that would exclude it"), 1u)
      << "no rhythm was stated";
  EXPECT_EQ(counts.at("STACH").could_be_no, 3u)
      << "who states sinus rhythm has excluded tachycardia";
  EXPECT_EQ(counts.at("NORM").could_be_no, 1u)
      << "a possible infarction, an unstated likelihood and a rhythm do not make an ECG abnormal";
}

TEST(GenerateYesNo, LikelihoodsAreAnOption) {
  const std::vector<SourceRecording> recordings = {recording(1, {{"IMI", 35}, {"SR", 0}}),
                                                   recording(2, {{"LAFB", 0}})};
  GenerationOptions options;
  options.minimum_likelihood = 0;
  options.unstated = "present";
  auto counts = make(recordings, {QuestionKind::yes_no}, options).statistics.statements;
  EXPECT_EQ(counts.at("IMI").could_be_yes, 1u);
  EXPECT_EQ(counts.at("LAFB").could_be_yes, 1u);
  options.unstated = "left_out";
  counts = make(recordings, {QuestionKind::yes_no}, options).statistics.statements;
  EXPECT_EQ(counts.at("SR").could_be_yes, 0u);
  EXPECT_EQ(counts.at("SR").left_out.at("likelihood not stated"), 1u);
}

/// Recordings whose statements go round.
std::vector<SourceRecording> many() {
  std::vector<SourceRecording> recordings;
  const std::vector<Codes> codes = {{{"NORM", 100}, {"SR", 0}},
                                    {{"IMI", 100}, {"SR", 0}},
                                    {{"LAFB", 80}, {"AFIB", 0}},
                                    {{"LVH", 100}, {"STACH", 0}},
                                    {{"ISCAL", 100}, {"PVC", 0}, {"SR", 0}},
                                    {{"NORM", 80}, {"SR", 0}}};
  for (int i = 0; i < 60; ++i) recordings.push_back(recording(i + 1, codes[i % codes.size()]));
  return recordings;
}

/// As recordings of the Challenge have it: sinus rhythm is SR or NORM there.
TEST(GenerateYesNo, AGeneralStatementLeavesItsPartsOpen) {
  const auto general =
      make({recording(1, {{"NORM|SR", 100}}), recording(2, {{"MI", 100}, {"SR", 0}})},
           {QuestionKind::yes_no})
          .statistics.statements;
  EXPECT_EQ(general.at("SR").left_out.at("overlaps with a stated one"), 1u);
  EXPECT_EQ(general.at("SR").could_be_no, 0u);
  EXPECT_EQ(general.at("IMI").left_out.at("overlaps with a stated one"), 1u);
  EXPECT_EQ(general.at("AFIB").could_be_no, 2u) << "a rhythm was read in both";
}

TEST(GenerateYesNo, KeepsToTheLimitOfARecording) {
  GenerationOptions options;
  options.per_record = 3;
  const auto made = make(many(), {QuestionKind::yes_no}, options);
  std::map<std::string, int> count;
  for (const auto& sample : made.samples) ++count[sample.id.substr(0, sample.id.find('-'))];
  for (const auto& [id, n] : count) EXPECT_LE(n, 3) << id;
  for (const auto& [code, counts] : made.statistics.statements)
    EXPECT_EQ(counts.yes, counts.no) << code;
}

TEST(GenerateChoice, PutsTheRightAnswerEverywhereEquallyOften) {
  const auto made = make(many(), {QuestionKind::choice});
  ASSERT_EQ(made.statistics.positions.size(), 4u);
  const auto [least, most] =
      std::minmax_element(made.statistics.positions.begin(), made.statistics.positions.end());
  EXPECT_LE(*most - *least, 1u);
  EXPECT_GT(*least, 5u);
  const auto all = many();
  for (const auto& sample : made.samples) {
    EXPECT_TRUE(has(sample.question, "\n" + sample.answer));
    EXPECT_TRUE(has(sample.question, "\nA. ") && has(sample.question, "\nD. "));
    const auto& own = all[std::stoul(sample.id) - 1].statements;
    for (const auto& statement : table()) {
      const bool offered =
          sample.question.find(". " + words_of(statement.code).listed) != std::string::npos;
      const bool stated = std::any_of(own.begin(), own.end(),
                                      [&](const auto& s) { return s.code == statement.code; });
      EXPECT_EQ(offered && stated, statement.code == sample.label) << sample.question;
    }
  }
}

TEST(GenerateChoice, OffersAStatementInProportionToHowOftenItIsRight) {
  for (const auto& [code, counts] : make(many(), {QuestionKind::choice}).statistics.statements) {
    if (counts.chosen < 3) continue;
    EXPECT_NEAR(static_cast<double>(counts.offered) / static_cast<double>(counts.chosen), 4, 1.2)
        << code;
  }
}

TEST(GenerateWhole, ListsAndCategories) {
  const auto ecg = recording(1, {{"LVH", 100}, {"IMI", 35}, {"LAFB", 80}, {"SR", 0}});
  EXPECT_EQ(answer(ecg, QuestionKind::list),
            "possible inferior myocardial infarction; left anterior fascicular block; left "
            "ventricular hypertrophy");
  EXPECT_EQ(reason(ecg, QuestionKind::categories),
            "a diagnosis whose likelihood is below the minimum");
  GenerationOptions options;
  options.minimum_likelihood = 30;
  EXPECT_EQ(answer(ecg, QuestionKind::categories, options),
            "myocardial infarction; a conduction disturbance; hypertrophy");
  EXPECT_EQ(reason(recording(1, {{"SR", 0}}), QuestionKind::list), "no diagnostic statement");
  EXPECT_EQ(reason(recording(1, {{"LVH", 0}}), QuestionKind::list),
            "a diagnosis whose likelihood is not stated");
  EXPECT_EQ(reason(recording(1, {{"XYZ", 100}}), QuestionKind::list),
            "a statement that is not in the table");
}

TEST(GenerateWhole, AnUnlikelyStatementLosesItsArticle) {
  const auto ecg = recording(1, {{"LAFB", 15}, {"LVH", 100}});
  EXPECT_EQ(answer(ecg, QuestionKind::list),
            "possible left anterior fascicular block; left ventricular hypertrophy");
}

TEST(Generate, SpeaksInAUsersWords) {
  const TemporaryFolder folder;
  write_file(folder / "w.json", R"({"name": "de", "questions": ["Zeigt dieses EKG {}?"],
      "superclasses": {"HYP": "eine Hypertrophie"},
      "statements": {"LVH": {"asked": "eine LVH", "listed": "LVH"}, "AFIB": "Vorhofflimmern"}})");
  const auto wording = ptbxl::Wording::read(folder / "w.json");
  std::map<QuestionKind, GeneratedSample> made;
  std::set<std::string> asked;
  const auto take = [&](const SourceRecording&, const GeneratedSample& sample) {
    if (sample.kind == QuestionKind::yes_no) asked.insert(sample.question);
    made[sample.kind] = sample;
  };
  const std::vector<SourceRecording> two = {recording(1, {{"LVH", 100}, {"AFIB", 0}}),
                                            recording(2, {{"NORM", 100}, {"SR", 0}})};
  GenerationOptions options;
  options.varied = false, options.largest_share = 1;
  generate_samples(table(), two,
                   {QuestionKind::yes_no, QuestionKind::list, QuestionKind::categories}, options, 1,
                   take, wording);
  EXPECT_EQ(asked.count("Zeigt dieses EKG eine LVH?"), 1u);
  EXPECT_EQ(asked.count("Zeigt dieses EKG Vorhofflimmern?"), 1u);
  generate_samples(table(), {two[0]}, {QuestionKind::list, QuestionKind::categories}, options, 1,
                   take, wording);
  EXPECT_EQ(made.at(QuestionKind::list).answer, "LVH");
  EXPECT_EQ(made.at(QuestionKind::categories).answer, "eine Hypertrophie");
  EXPECT_TRUE(has(made.at(QuestionKind::categories).question,
                  "a conduction disturbance, eine Hypertrophie?"));
}

TEST(GenerateWhole, Rhythm) {
  EXPECT_EQ(answer(recording(1, {{"AFIB", 0}, {"NORM", 80}}), QuestionKind::rhythm),
            "atrial fibrillation");
  EXPECT_EQ(reason(recording(1, {{"NORM", 80}}), QuestionKind::rhythm), "no rhythm statement");
  EXPECT_EQ(reason(recording(1, {{"AFIB", 20}}), QuestionKind::rhythm),
            "a rhythm statement: likelihood below the minimum");
}

TEST(GenerateWhole, MeasurementsKeepClearOfLimits) {
  EXPECT_EQ(answer(recording(1, {}, 71.6), QuestionKind::rate), "72 beats per minute");
  EXPECT_EQ(answer(recording(1, {}, 56.9), QuestionKind::rate_class),
            "slow, below 60 beats per minute");
  EXPECT_EQ(answer(recording(1, {}, 63.1), QuestionKind::rate_class),
            "normal, from 60 to 100 beats per minute");
  EXPECT_EQ(answer(recording(1, {}, 103.1), QuestionKind::rate_class),
            "fast, above 100 beats per minute");
  EXPECT_EQ(reason(recording(1, {}, 97.5), QuestionKind::rate_class), "too close to a limit");
  EXPECT_EQ(answer(recording(1, {}, 70, 79), QuestionKind::axis), "normal axis");
  EXPECT_EQ(answer(recording(1, {}, 70, -41), QuestionKind::axis), "left axis deviation");
  EXPECT_EQ(answer(recording(1, {}, 70, 120), QuestionKind::axis), "right axis deviation");
  EXPECT_EQ(answer(recording(1, {}, 70, -120), QuestionKind::axis), "extreme axis deviation");
  EXPECT_EQ(reason(recording(1, {}, 70, -25), QuestionKind::axis), "too close to a limit");
  EXPECT_EQ(answer(recording(1, {}), QuestionKind::regularity), "regular");
  auto child = recording(1, {});
  child.age = 9;
  EXPECT_EQ(reason(child, QuestionKind::axis), "younger than the limits hold for");
  EXPECT_EQ(reason(child, QuestionKind::rate_class), "younger than the limits hold for");
  EXPECT_EQ(answer(child, QuestionKind::rate), "75 beats per minute");
}

TEST(GenerateWhole, NothingIsSaidOfWhatWasNotMeasured) {
  auto ecg = recording(1, {{"SR", 0}});
  ecg.rr = features::Measured<features::RrStatistics>::none("fewer than 3 beats stand out (1)");
  ecg.axis = features::Measured<features::Axis>::none("there is no valid lead I");
  for (const QuestionKind kind :
       {QuestionKind::rate, QuestionKind::rate_class, QuestionKind::regularity})
    EXPECT_EQ(reason(ecg, kind), "not measurable: fewer than 3 beats stand out");
  EXPECT_EQ(reason(ecg, QuestionKind::axis), "not measurable: there is no valid lead I");
  EXPECT_TRUE(has(answer(ecg, QuestionKind::findings), "Rhythm: sinus rhythm\n"));
  ecg = recording(1, {});
  ecg.rr = features::RrStatistics{80, 0.1, 0.05, 0.3, features::Regularity::unclear};
  EXPECT_EQ(reason(ecg, QuestionKind::regularity), "neither clearly regular nor clearly irregular");
}

TEST(GenerateWhole, FindingsGoBySection) {
  EXPECT_EQ(
      answer(recording(1, {{"IMI", 35}, {"ISCAL", 100}, {"LAFB", 100}, {"PVC", 0}, {"SR", 0}}),
             QuestionKind::findings),
      "Rhythm: sinus rhythm; 75 beats per minute, regular\n"
      "Conduction: left anterior fascicular block\n"
      "Hypertrophy: none stated\n"
      "Infarction or ischemia: possible inferior myocardial infarction; "
      "ischemia in the anterolateral leads\n"
      "Other: premature ventricular complexes");
  EXPECT_EQ(reason(recording(1, {}), QuestionKind::findings), "no statement");
  EXPECT_EQ(reason(recording(1, {{"IMI", 0}}), QuestionKind::findings),
            "a statement whose likelihood is not stated");
}

TEST(GenerateWhole, ReportsNameTheirLanguage) {
  auto ecg = recording(1, {});
  ecg.report = " sinusrhythmus normales ekg ";
  const auto made = make({ecg}, {QuestionKind::report});
  ASSERT_EQ(made.samples.size(), 1u);
  EXPECT_EQ(made.samples[0].answer, "sinusrhythmus normales ekg");
  EXPECT_EQ(made.samples[0].label, "German");
  EXPECT_TRUE(has(made.samples[0].question, " in German"));
  ecg.report = " ";
  EXPECT_EQ(reason(ecg, QuestionKind::report), "no report");
  ecg.report = "trace only requested.";
  EXPECT_TRUE(has(reason(ecg, QuestionKind::report), "only that a trace was requested"));
}

TEST(GenerateLanguage, IsThatOfItsWords) {
  EXPECT_EQ(language_of("sinus rhythm. normal ecg."), "English");
  EXPECT_EQ(language_of("sinusrytm vÄnster el-axel"), "Swedish");
  EXPECT_EQ(language_of("HÖGERSIDIGT skänkelblock"), "Swedish");
  EXPECT_EQ(language_of("Überdrehter Linkstyp"), "German");
  EXPECT_EQ(language_of("lvh 3,4"), "unknown");
  EXPECT_EQ(language_of(""), "unknown");
  EXPECT_EQ(language_of("rhythm sinusrhythmus"), "unknown") << "as many words of one as of another";
}

TEST(GenerateWhole, TheMostFrequentClassIsThinned) {
  std::vector<SourceRecording> recordings;
  for (int i = 0; i < 40; ++i)
    recordings.push_back(recording(i + 1, {}, 75, i % 5 == 0 ? -60 : 40));
  const auto made = make(recordings, {QuestionKind::axis});
  EXPECT_EQ(made.statistics.answers.at(QuestionKind::axis),
            (std::map<std::string, std::size_t>{{"left", 8}, {"normal", 8}}));
  EXPECT_EQ(
      (made.statistics.skipped.at({QuestionKind::axis, "its answer is frequent enough already"})
           .size()),
      24u);
  GenerationOptions options;
  options.largest_share = 1;
  EXPECT_EQ(make(recordings, {QuestionKind::axis}, options).samples.size(), 40u);
  options.largest_share = 0.5;
  recordings.resize(1);
  EXPECT_EQ(make(recordings, {QuestionKind::axis}, options).samples.size(), 1u)
      << "one answer alone is kept";
}

TEST(Generate, IsAPureFunctionOfItsArguments) {
  const std::vector<QuestionKind> all(all_question_kinds().begin(), all_question_kinds().end());
  const auto text = [&](std::uint64_t seed) {
    std::string result;
    for (const auto& s : make(many(), all, {}, seed).samples)
      result += s.id + s.label + s.question + s.answer + "\n";
    return result;
  };
  EXPECT_EQ(text(1), text(1));
  EXPECT_NE(text(1), text(2));
}

TEST(Generate, AWordingDependsOnNoOtherRecordingOrKind) {
  std::map<std::string, std::string> all;
  for (const auto& s :
       make(many(), {QuestionKind::rate, QuestionKind::findings, QuestionKind::report}).samples)
    all[s.id] = s.question;
  auto recordings = many();
  recordings.erase(recordings.begin(), recordings.begin() + 30);
  const auto part = make(recordings, {QuestionKind::rate});
  EXPECT_EQ(part.samples.size(), 30u);
  for (const auto& s : part.samples) EXPECT_EQ(s.question, all.at(s.id));
}

TEST(Generate, TheFirstWordingIsTheCanonicalOne) {
  GenerationOptions options;
  options.varied = false;
  for (const auto& sample : make(many(), {QuestionKind::yes_no}, options).samples) {
    for (const auto& statement : table()) {
      if (statement.code == sample.label) {
        EXPECT_EQ(sample.question, ptbxl::Wording::builtin().question(words_of(statement.code)));
      }
    }
  }
  std::set<std::string> questions;
  for (const auto& sample : make(many(), {QuestionKind::rate}).samples)
    questions.insert(sample.question);
  EXPECT_EQ(questions.size(),
            question_wordings(QuestionKind::rate, ptbxl::Wording::builtin()).size());
}

TEST(Generate, KindsAreNamed) {
  for (const QuestionKind kind : all_question_kinds())
    EXPECT_EQ(parse_question_kind(name_of(kind)), kind);
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { parse_question_kind("axes"); }),
                  "'axes': expected one of yes_no"));
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [] { parse_question_kind("axes"); }), "the nearest is 'axis'"));
}

}  // namespace
}  // namespace ecg_lora::instruct
