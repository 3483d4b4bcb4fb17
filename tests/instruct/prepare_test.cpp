#include "ecg_lora/instruct/generate/prepare.h"

#include <gtest/gtest.h>

#include <set>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/instruct/format/record_questions.h"
#include "ecg_lora/instruct/generate/prepare_wording.h"

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

Subject subject(std::int64_t id, Codes codes, double rate = 75, double axis = 40) {
  Subject result;
  result.id = id;
  result.patient = 100 + id;
  result.age = 50;
  result.statements = std::move(codes);
  result.report = "sinus rhythm. normal ecg.";
  result.rhythm = features::Rhythm{rate, 0.02, 0.02, 0.03, features::Regularity::regular};
  result.axis = features::Axis{axis, 1};
  return result;
}

struct Made {
  std::vector<GeneratedSample> samples;
  GenerationStatistics statistics;
};

Made make(const std::vector<Subject>& subjects, const std::vector<Kind>& kinds,
          PrepareOptions options = {}, std::uint64_t seed = 1) {
  Made made;
  made.statistics = make_questions(
      table(), subjects, kinds, options, seed,
      [&](const Subject&, const GeneratedSample& sample) { made.samples.push_back(sample); });
  return made;
}

/// The only answer, and "" where there is none.
std::string answer(const Subject& subject, Kind kind, PrepareOptions options = {}) {
  const auto made = make({subject}, {kind}, options);
  return made.samples.empty() ? "" : made.samples.front().answer;
}
std::string reason(const Subject& subject, Kind kind, PrepareOptions options = {}) {
  const auto made = make({subject}, {kind}, options);
  return made.statistics.skipped.empty() ? "" : made.statistics.skipped.begin()->first.second;
}

std::set<std::string> yes_no(const Made& made) {
  std::set<std::string> all;
  for (const auto& sample : made.samples) all.insert(sample.id + "=" + sample.answer);
  return all;
}

TEST(PrepareYesNo, AsksAsManyYesAsNo) {
  const auto made =
      make({subject(1, {{"NORM", 100}, {"SR", 0}}), subject(2, {{"IMI", 80}, {"AFIB", 0}}),
            subject(3, {{"LVH", 100}, {"SR", 0}})},
           {Kind::yes_no}, {});
  for (const auto& [code, counts] : made.statistics.statements)
    EXPECT_EQ(counts.yes, counts.no) << code;
  EXPECT_EQ(made.statistics.statements.at("NORM").yes, 1u);
  EXPECT_EQ(made.statistics.statements.at("SR").could_be_yes, 2u);
  EXPECT_EQ(made.statistics.statements.at("SR").yes, 1u) << "only one recording has another rhythm";
  EXPECT_TRUE(yes_no(made).count("2-yes_no-IMI=Yes"));
}

TEST(PrepareYesNo, WhatIsNeitherIsNotAsked) {
  const std::vector<Subject> subjects = {
      subject(1, {{"IMI", 35}, {"SR", 0}}), subject(2, {{"IMI", 80}, {"STACH", 0}}),
      subject(3, {{"LAFB", 0}, {"SR", 0}}), subject(4, {{"NORM", 100}}), subject(5, {{"SR", 0}})};
  const auto counts = make(subjects, {Kind::yes_no}).statistics.statements;
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

TEST(PrepareYesNo, LikelihoodsAreAnOption) {
  const std::vector<Subject> subjects = {subject(1, {{"IMI", 35}, {"SR", 0}}),
                                         subject(2, {{"LAFB", 0}})};
  PrepareOptions options;
  options.minimum_likelihood = 0;
  options.unstated = "present";
  auto counts = make(subjects, {Kind::yes_no}, options).statistics.statements;
  EXPECT_EQ(counts.at("IMI").could_be_yes, 1u);
  EXPECT_EQ(counts.at("LAFB").could_be_yes, 1u);
  options.unstated = "left_out";
  counts = make(subjects, {Kind::yes_no}, options).statistics.statements;
  EXPECT_EQ(counts.at("SR").could_be_yes, 0u);
  EXPECT_EQ(counts.at("SR").left_out.at("likelihood not stated"), 1u);
}

/// Recordings whose statements go round.
std::vector<Subject> many() {
  std::vector<Subject> subjects;
  const std::vector<Codes> codes = {{{"NORM", 100}, {"SR", 0}},
                                    {{"IMI", 100}, {"SR", 0}},
                                    {{"LAFB", 80}, {"AFIB", 0}},
                                    {{"LVH", 100}, {"STACH", 0}},
                                    {{"ISCAL", 100}, {"PVC", 0}, {"SR", 0}},
                                    {{"NORM", 80}, {"SR", 0}}};
  for (int i = 0; i < 60; ++i) subjects.push_back(subject(i + 1, codes[i % codes.size()]));
  return subjects;
}

/// As recordings of the Challenge have it: sinus rhythm is SR or NORM there.
TEST(PrepareYesNo, AGeneralStatementLeavesItsPartsOpen) {
  const auto general =
      make({subject(1, {{"NORM|SR", 100}}), subject(2, {{"MI", 100}, {"SR", 0}})}, {Kind::yes_no})
          .statistics.statements;
  EXPECT_EQ(general.at("SR").left_out.at("overlaps with a stated one"), 1u);
  EXPECT_EQ(general.at("SR").could_be_no, 0u);
  EXPECT_EQ(general.at("IMI").left_out.at("overlaps with a stated one"), 1u);
  EXPECT_EQ(general.at("AFIB").could_be_no, 2u) << "a rhythm was read in both";
}

TEST(PrepareYesNo, KeepsToTheLimitOfARecording) {
  PrepareOptions options;
  options.per_record = 3;
  const auto made = make(many(), {Kind::yes_no}, options);
  std::map<std::string, int> count;
  for (const auto& sample : made.samples) ++count[sample.id.substr(0, sample.id.find('-'))];
  for (const auto& [id, n] : count) EXPECT_LE(n, 3) << id;
  for (const auto& [code, counts] : made.statistics.statements)
    EXPECT_EQ(counts.yes, counts.no) << code;
}

TEST(PrepareChoice, PutsTheRightAnswerEverywhereEquallyOften) {
  const auto made = make(many(), {Kind::choice});
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

TEST(PrepareChoice, OffersAStatementInProportionToHowOftenItIsRight) {
  for (const auto& [code, counts] : make(many(), {Kind::choice}).statistics.statements) {
    if (counts.chosen < 3) continue;
    EXPECT_NEAR(static_cast<double>(counts.offered) / static_cast<double>(counts.chosen), 4, 1.2)
        << code;
  }
}

TEST(PrepareWhole, ListsAndCategories) {
  const auto ecg = subject(1, {{"LVH", 100}, {"IMI", 35}, {"LAFB", 80}, {"SR", 0}});
  EXPECT_EQ(answer(ecg, Kind::list),
            "possible inferior myocardial infarction; left anterior fascicular block; left "
            "ventricular hypertrophy");
  EXPECT_EQ(reason(ecg, Kind::categories), "a diagnosis whose likelihood is below the minimum");
  PrepareOptions options;
  options.minimum_likelihood = 30;
  EXPECT_EQ(answer(ecg, Kind::categories, options),
            "myocardial infarction; a conduction disturbance; hypertrophy");
  EXPECT_EQ(reason(subject(1, {{"SR", 0}}), Kind::list), "no diagnostic statement");
  EXPECT_EQ(reason(subject(1, {{"LVH", 0}}), Kind::list),
            "a diagnosis whose likelihood is not stated");
  EXPECT_EQ(reason(subject(1, {{"XYZ", 100}}), Kind::list), "a statement that is not in the table");
}

TEST(PrepareWhole, AnUnlikelyStatementLosesItsArticle) {
  const auto ecg = subject(1, {{"LAFB", 15}, {"LVH", 100}});
  EXPECT_EQ(answer(ecg, Kind::list),
            "possible left anterior fascicular block; left ventricular hypertrophy");
}

TEST(Prepare, SpeaksInAUsersWords) {
  const TemporaryFolder folder;
  write_file(folder / "w.json", R"({"name": "de", "questions": ["Zeigt dieses EKG {}?"],
      "superclasses": {"HYP": "eine Hypertrophie"},
      "statements": {"LVH": {"asked": "eine LVH", "listed": "LVH"}, "AFIB": "Vorhofflimmern"}})");
  const auto wording = ptbxl::Wording::read(folder / "w.json");
  std::map<Kind, GeneratedSample> made;
  std::set<std::string> asked;
  const auto take = [&](const Subject&, const GeneratedSample& sample) {
    if (sample.kind == Kind::yes_no) asked.insert(sample.question);
    made[sample.kind] = sample;
  };
  const std::vector<Subject> two = {subject(1, {{"LVH", 100}, {"AFIB", 0}}),
                                    subject(2, {{"NORM", 100}, {"SR", 0}})};
  PrepareOptions options;
  options.varied = false, options.largest_share = 1;
  make_questions(table(), two, {Kind::yes_no, Kind::list, Kind::categories}, options, 1, take,
                 wording);
  EXPECT_EQ(asked.count("Zeigt dieses EKG eine LVH?"), 1u);
  EXPECT_EQ(asked.count("Zeigt dieses EKG Vorhofflimmern?"), 1u);
  make_questions(table(), {two[0]}, {Kind::list, Kind::categories}, options, 1, take, wording);
  EXPECT_EQ(made.at(Kind::list).answer, "LVH");
  EXPECT_EQ(made.at(Kind::categories).answer, "eine Hypertrophie");
  EXPECT_TRUE(
      has(made.at(Kind::categories).question, "a conduction disturbance, eine Hypertrophie?"));
}

TEST(PrepareWhole, Rhythm) {
  EXPECT_EQ(answer(subject(1, {{"AFIB", 0}, {"NORM", 80}}), Kind::rhythm), "atrial fibrillation");
  EXPECT_EQ(reason(subject(1, {{"NORM", 80}}), Kind::rhythm), "no rhythm statement");
  EXPECT_EQ(reason(subject(1, {{"AFIB", 20}}), Kind::rhythm),
            "a rhythm statement: likelihood below the minimum");
}

TEST(PrepareWhole, MeasurementsKeepClearOfLimits) {
  EXPECT_EQ(answer(subject(1, {}, 71.6), Kind::rate), "72 beats per minute");
  EXPECT_EQ(answer(subject(1, {}, 56.9), Kind::rate_class), "slow, below 60 beats per minute");
  EXPECT_EQ(answer(subject(1, {}, 63.1), Kind::rate_class),
            "normal, from 60 to 100 beats per minute");
  EXPECT_EQ(answer(subject(1, {}, 103.1), Kind::rate_class), "fast, above 100 beats per minute");
  EXPECT_EQ(reason(subject(1, {}, 97.5), Kind::rate_class), "too close to a limit");
  EXPECT_EQ(answer(subject(1, {}, 70, 79), Kind::axis), "normal axis");
  EXPECT_EQ(answer(subject(1, {}, 70, -41), Kind::axis), "left axis deviation");
  EXPECT_EQ(answer(subject(1, {}, 70, 120), Kind::axis), "right axis deviation");
  EXPECT_EQ(answer(subject(1, {}, 70, -120), Kind::axis), "extreme axis deviation");
  EXPECT_EQ(reason(subject(1, {}, 70, -25), Kind::axis), "too close to a limit");
  EXPECT_EQ(answer(subject(1, {}), Kind::regularity), "regular");
  auto child = subject(1, {});
  child.age = 9;
  EXPECT_EQ(reason(child, Kind::axis), "younger than the limits hold for");
  EXPECT_EQ(reason(child, Kind::rate_class), "younger than the limits hold for");
  EXPECT_EQ(answer(child, Kind::rate), "75 beats per minute");
}

TEST(PrepareWhole, NothingIsSaidOfWhatWasNotMeasured) {
  auto ecg = subject(1, {{"SR", 0}});
  ecg.rhythm = features::Measured<features::Rhythm>::none("fewer than 3 beats stand out (1)");
  ecg.axis = features::Measured<features::Axis>::none("there is no valid lead I");
  for (const Kind kind : {Kind::rate, Kind::rate_class, Kind::regularity})
    EXPECT_EQ(reason(ecg, kind), "not measurable: fewer than 3 beats stand out");
  EXPECT_EQ(reason(ecg, Kind::axis), "not measurable: there is no valid lead I");
  EXPECT_TRUE(has(answer(ecg, Kind::findings), "Rhythm: sinus rhythm\n"));
  ecg = subject(1, {});
  ecg.rhythm = features::Rhythm{80, 0.1, 0.05, 0.3, features::Regularity::unclear};
  EXPECT_EQ(reason(ecg, Kind::regularity), "neither clearly regular nor clearly irregular");
}

TEST(PrepareWhole, FindingsGoBySection) {
  EXPECT_EQ(answer(subject(1, {{"IMI", 35}, {"ISCAL", 100}, {"LAFB", 100}, {"PVC", 0}, {"SR", 0}}),
                   Kind::findings),
            "Rhythm: sinus rhythm; 75 beats per minute, regular\n"
            "Conduction: left anterior fascicular block\n"
            "Hypertrophy: none stated\n"
            "Infarction or ischemia: possible inferior myocardial infarction; "
            "ischemia in the anterolateral leads\n"
            "Other: premature ventricular complexes");
  EXPECT_EQ(reason(subject(1, {}), Kind::findings), "no statement");
  EXPECT_EQ(reason(subject(1, {{"IMI", 0}}), Kind::findings),
            "a statement whose likelihood is not stated");
}

TEST(PrepareWhole, ReportsNameTheirLanguage) {
  auto ecg = subject(1, {});
  ecg.report = " sinusrhythmus normales ekg ";
  const auto made = make({ecg}, {Kind::report});
  ASSERT_EQ(made.samples.size(), 1u);
  EXPECT_EQ(made.samples[0].answer, "sinusrhythmus normales ekg");
  EXPECT_EQ(made.samples[0].label, "German");
  EXPECT_TRUE(has(made.samples[0].question, " in German"));
  ecg.report = " ";
  EXPECT_EQ(reason(ecg, Kind::report), "no report");
  ecg.report = "trace only requested.";
  EXPECT_TRUE(has(reason(ecg, Kind::report), "only that a trace was requested"));
}

TEST(PrepareLanguage, IsThatOfItsWords) {
  EXPECT_EQ(language_of("sinus rhythm. normal ecg."), "English");
  EXPECT_EQ(language_of("sinusrytm vÄnster el-axel"), "Swedish");
  EXPECT_EQ(language_of("HÖGERSIDIGT skänkelblock"), "Swedish");
  EXPECT_EQ(language_of("Überdrehter Linkstyp"), "German");
  EXPECT_EQ(language_of("lvh 3,4"), "unknown");
  EXPECT_EQ(language_of(""), "unknown");
  EXPECT_EQ(language_of("rhythm sinusrhythmus"), "unknown") << "as many words of one as of another";
}

TEST(PrepareWhole, TheMostFrequentClassIsThinned) {
  std::vector<Subject> subjects;
  for (int i = 0; i < 40; ++i) subjects.push_back(subject(i + 1, {}, 75, i % 5 == 0 ? -60 : 40));
  const auto made = make(subjects, {Kind::axis});
  EXPECT_EQ(made.statistics.answers.at(Kind::axis),
            (std::map<std::string, std::size_t>{{"left", 8}, {"normal", 8}}));
  EXPECT_EQ(
      (made.statistics.skipped.at({Kind::axis, "its answer is frequent enough already"}).size()),
      24u);
  PrepareOptions options;
  options.largest_share = 1;
  EXPECT_EQ(make(subjects, {Kind::axis}, options).samples.size(), 40u);
  options.largest_share = 0.5;
  subjects.resize(1);
  EXPECT_EQ(make(subjects, {Kind::axis}, options).samples.size(), 1u) << "one answer alone is kept";
}

TEST(Prepare, IsAPureFunctionOfItsArguments) {
  const std::vector<Kind> all(all_kinds().begin(), all_kinds().end());
  const auto text = [&](std::uint64_t seed) {
    std::string result;
    for (const auto& s : make(many(), all, {}, seed).samples)
      result += s.id + s.label + s.question + s.answer + "\n";
    return result;
  };
  EXPECT_EQ(text(1), text(1));
  EXPECT_NE(text(1), text(2));
}

TEST(Prepare, AWordingDependsOnNoOtherRecordingOrKind) {
  std::map<std::string, std::string> all;
  for (const auto& s : make(many(), {Kind::rate, Kind::findings, Kind::report}).samples)
    all[s.id] = s.question;
  auto subjects = many();
  subjects.erase(subjects.begin(), subjects.begin() + 30);
  const auto part = make(subjects, {Kind::rate});
  EXPECT_EQ(part.samples.size(), 30u);
  for (const auto& s : part.samples) EXPECT_EQ(s.question, all.at(s.id));
}

TEST(Prepare, TheFirstWordingIsTheCanonicalOne) {
  PrepareOptions options;
  options.varied = false;
  for (const auto& sample : make(many(), {Kind::yes_no}, options).samples) {
    for (const auto& statement : table()) {
      if (statement.code == sample.label) {
        EXPECT_EQ(sample.question, ptbxl::Wording::builtin().question(words_of(statement.code)));
      }
    }
  }
  std::set<std::string> questions;
  for (const auto& sample : make(many(), {Kind::rate}).samples) questions.insert(sample.question);
  EXPECT_EQ(questions.size(), wordings(Kind::rate, ptbxl::Wording::builtin()).size());
}

TEST(Prepare, KindsAreNamed) {
  for (const Kind kind : all_kinds()) EXPECT_EQ(parse_kind(name_of(kind)), kind);
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [] { parse_kind("axes"); }), "'axes': expected one of yes_no"));
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { parse_kind("axes"); }), "the nearest is 'axis'"));
}

}  // namespace
}  // namespace ecg_lora::instruct
