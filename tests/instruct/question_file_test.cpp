#include "ecg_lora/instruct/generate/question_file.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/instruct/generate/generation_statistics.h"
#include "ptbxl/tables.h"

namespace ecg_lora::instruct {
namespace {

using ecg_lora::testing::error_of;
using ecg_lora::testing::has;
using ecg_lora::testing::TemporaryFolder;

/// Records 1 and 2 in fold 3, without waveforms.
SourceOptions write_data(const TemporaryFolder& folder) {
  write_file(folder / "ptbxl_database.csv",
             ecg_lora::testing::kColumns + ecg_lora::testing::row(1, "{'AFIB': 100.0}") +
                 ecg_lora::testing::row(2, "{'NORM': 80.0, 'SR': 0.0}"));
  write_file(folder / "scp_statements.csv", ecg_lora::testing::kStatements);
  SourceOptions options;
  options.root = (folder / "").string();
  return options;
}

SourceRecording recording(std::int64_t id, const std::string& code) {
  SourceRecording result;
  result.id = id, result.patient = 10 + id, result.fold = 3;
  result.image = cat("ptb-xl/", id, "-0.png");
  result.statements = {{code, 100}};
  result.report = "sinus rhythm. normal ecg.";
  return result;
}

GenerationPlan plan_of(std::vector<QuestionKind> kinds) {
  return {{}, {}, std::move(kinds), ptbxl::Wording::builtin(), 1};
}

TEST(Questions, AskWithoutStatementsWhatNeedsNone) {
  const auto kinds = choose_kinds({}, false, "data");
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), QuestionKind::yes_no), 0);
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), QuestionKind::rate), 1);
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), QuestionKind::report), 1);
  EXPECT_EQ(choose_kinds({}, true, "data").size(), kQuestionKinds);
  EXPECT_EQ(choose_kinds({"axis"}, false, "data"), std::vector<QuestionKind>{QuestionKind::axis});
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { choose_kinds({"yes_no"}, false, "data"); }),
                  "--kinds yes_no needs SCP statements, which data has no table of"));
}

TEST(Questions, MeasureOnlyForKindsThatNeedIt) {
  EXPECT_TRUE(plan_of({QuestionKind::report, QuestionKind::axis}).measured());
  EXPECT_FALSE(plan_of({QuestionKind::report}).measured());
}

TEST(Questions, ReadTheRecordingsOfFolds) {
  const TemporaryFolder folder;
  auto options = write_data(folder);
  const auto collection = open_source(options);
  const auto recordings = read_recordings(*collection, options, false, Shard());
  ASSERT_EQ(recordings.size(), 2u);
  EXPECT_EQ(recordings[0].id, 1);
  EXPECT_EQ(recordings[0].image, "ptb-xl/records500/00000/00001_hr-0.png");
  EXPECT_EQ(recordings[1].statements.front().code, "NORM");
  EXPECT_EQ(read_recordings(*collection, options, false, Shard{2, 2}).size(), 1u);
  EXPECT_EQ(load_statements("", *collection).size(), 7u);
  options.folds = "4-5";
  const auto none = read_recordings(*collection, options, false, Shard());
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { check_found(none, *collection, options); }),
                  "expected recordings in folds 4-5, got none of 2"));
}

TEST(Questions, RefuseFoldsThatAreNone) {
  const TemporaryFolder folder;
  auto options = write_data(folder);
  const auto collection = open_source(options);
  for (const auto& [folds, got] :
       {std::pair{"0-3", "got '0'"}, {"1,x", "got 'x'"}, {"", "got none"}}) {
    options.folds = folds;
    const auto message =
        error_of(ExitCode::usage, [&] { read_recordings(*collection, options, false, Shard()); });
    EXPECT_TRUE(has(message, cat("--folds '", folds, "': expected folds from 1 to 10")));
    EXPECT_TRUE(has(message, got));
  }
}

TEST(Questions, CountATraceThatCannotBeRead) {
  const TemporaryFolder folder;
  const auto options = write_data(folder);
  const auto collection = open_source(options);
  const auto recordings = read_recordings(*collection, options, true, Shard());
  EXPECT_EQ(recordings[0].rr.reason(), "the recording cannot be read");
  EXPECT_EQ(recordings[0].axis.reason(), "the recording cannot be read");
}

TEST(Questions, AreWrittenWithTheirReport) {
  const TemporaryFolder folder;
  const auto file = (folder / "train.json").string();
  const auto written = write_questions(file, plan_of({QuestionKind::report}),
                                       {recording(1, "SR"), recording(2, "SR")});
  EXPECT_EQ(written.samples, 2u);
  const auto items = read_json(file);
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0]["id"], "1-report");
  EXPECT_EQ(items[0]["patient_id"], 11);
  EXPECT_EQ(items[0]["conversations"][1]["value"], "sinus rhythm. normal ecg.");
  const auto report = read_json(file + ".report.json");
  EXPECT_EQ(report["kinds"]["report"]["samples"], 2);
  EXPECT_EQ(report["seed"], 1);
}

TEST(Questions, RefuseToWriteNone) {
  const TemporaryFolder folder;
  const auto file = (folder / "train.json").string();
  EXPECT_TRUE(has(
      error_of(ExitCode::data,
               [&] { write_questions(file, plan_of({QuestionKind::rate}), {recording(1, "SR")}); }),
      "no sample could be made"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(Questions, JoinPartsOfTheSameArguments) {
  const auto plan = plan_of({QuestionKind::report});
  const auto head = part_head({}, plan, 3);
  const auto parts = std::vector{part_text(head, {recording(1, "SR"), recording(2, "AFIB")}),
                                 part_text(head, {}), part_text(head, {recording(3, "NORM")})};
  const auto all = join_parts(parts, head, "train.json");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[2].id, 3);
  EXPECT_EQ(all[1].statements.front().code, "AFIB");
  auto other = plan;
  other.seed = 2;
  EXPECT_TRUE(has(
      error_of(ExitCode::usage, [&] { join_parts(parts, part_head({}, other, 3), "train.json"); }),
      "train.json.shard-1-of-3 was made with other arguments"));
}

TEST(GenerationStatistics, AreCountsForPeople) {
  GenerationStatistics statistics;
  statistics.samples = {{QuestionKind::yes_no, 2}, {QuestionKind::rhythm, 15}};
  statistics.statements["AFIB"] = {1, 1, 3, 4, {{"likelihood not stated", 2}}, 0, 0};
  statistics.statements["SR"] = {};
  statistics.positions = {3, 4};
  statistics.answers[QuestionKind::rhythm] = {{"a", 1}, {"b", 5}, {"c", 2}, {"d", 3}, {"e", 4}};
  statistics.skipped[{QuestionKind::rate, "not asked for"}] = {7, 8};
  EXPECT_EQ(to_text(statistics),
            "  kind    samples\n"
            "  yes_no        2\n"
            "  rhythm       15\n"
            "\n"
            "statement  yes  no  left out  answer of a choice  option of one\n"
            "AFIB         1   1         2                   0              0\n"
            "\nright answers of choices by place: A 3 B 4\n"
            "\nanswers:\n"
            "  rhythm: b 5, e 4, d 3, c 2, and 1 others\n"
            "\nrecordings without a sample of a kind:\n"
            "  kind  reason         recordings\n"
            "  rate  not asked for           2\n");
  const auto json = to_json(statistics);
  EXPECT_EQ(json["kinds"]["rhythm"]["answers"]["b"], 5);
  EXPECT_EQ(json["statements"]["AFIB"]["left_out"]["likelihood not stated"], 2);
  EXPECT_EQ(json["skipped"][0]["ecg_ids"], Json({7, 8}));
}

}  // namespace
}  // namespace ecg_lora::instruct
