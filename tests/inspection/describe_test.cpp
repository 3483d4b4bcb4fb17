#include "ecg_lora/inspection/describe.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ptbxl/tables.h"

namespace ecg_lora::inspection {
namespace {

using ecg_lora::testing::error_of;
using ecg_lora::testing::has;
using ecg_lora::testing::TemporaryFolder;

constexpr const char* kItem =
    R"({"id": "1", "image": "a.png", "conversations": [{"from": "human", "value": "<image>\nRate?"},
        {"from": "gpt", "value": "70"}]})";
constexpr const char* kTextItem =
    R"({"id": "2", "conversations": [{"from": "human", "value": "Rate?"},
        {"from": "gpt", "value": "70"}]})";

Checks checks() {
  Checks result;
  result.config = [](const std::filesystem::path& file) {
    Description found;
    found.content = {{"kind", "config"}, {"path", file.string()}, {"paths", 1}, {"resolved", 2}};
    return found;
  };
  return result;
}

/// Two patients, one of them in one fold; no waveform is there.
void write_data(const std::filesystem::path& root) {
  write_file(root / "ptbxl_database.csv",
             ecg_lora::testing::kColumns + ecg_lora::testing::row(1, "{'NORM': 100.0, 'SR': 0.0}") +
                 ecg_lora::testing::row(2, "{'IMI': 100.0}", "9.0,56.0,1"));
  write_file(root / "scp_statements.csv", ecg_lora::testing::kStatements);
}

TEST(Inspection, RefusesWhatIsNoneOfItsKinds) {
  const TemporaryFolder folder;
  write_file(folder / "notes.txt", "hello");
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { describe(folder / "notes.txt", checks()); }),
                  "is none of a checkpoint folder"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { describe(folder / "none", checks()); }),
                  "no such file or folder"));
}

TEST(Inspection, HoldsOnlyAdaptersAgainstABase) {
  const TemporaryFolder folder;
  write_data(folder / "");
  auto against = checks();
  against.base = (folder / "").string();
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { describe(folder / "", against); }),
                  "has no adapter_config.json"));
}

TEST(Inspection, LeavesConfigsToTheirDescription) {
  const TemporaryFolder folder;
  write_file(folder / "train.json", "{}");
  const auto found = describe(folder / "train.json", checks());
  EXPECT_EQ(found.content["path"], (folder / "train.json").string());
}

TEST(Inspection, DescribesARunWithItsConfig) {
  const TemporaryFolder folder;
  write_file(folder / "config.json", "{}");
  write_file(folder / "log.txt", "");
  const auto found = describe(folder / "", checks());
  EXPECT_EQ(found.content["kind"], "run of train");
  EXPECT_EQ(found.content["finished"], false);
  EXPECT_EQ(found.content["resolved"], 2);
}

TEST(Inspection, CountsADataSetAndMissesItsWaveforms) {
  const TemporaryFolder folder;
  write_data(folder / "");
  const auto found = describe(folder / "", checks());
  const auto& out = found.content;
  EXPECT_EQ(out["records"], 2);
  EXPECT_EQ(out["patients"], 2);
  EXPECT_EQ(out["patients_in_several_folds"], 0);
  EXPECT_EQ(out["folds"], Json::array({{{"fold", 3}, {"records", 2}, {"patients", 2}}}));
  EXPECT_EQ(out["waveforms_100_Hz"]["files_missing"], 4);
  EXPECT_EQ(found.code, ExitCode::data);
  EXPECT_TRUE(has(found.problem, "at best 4 waveform files are missing"));
}

TEST(Inspection, CountsInstructionSamples) {
  const TemporaryFolder folder;
  write_file(folder / "a.json", cat("[", kItem, ",", kTextItem, ",{\"id\": 3}]"));
  const auto found = describe(folder / "a.json", checks());
  const auto& out = found.content;
  EXPECT_EQ(out["items"], 2);
  EXPECT_EQ(out["bad_items"], 1);
  EXPECT_EQ(out["image_sets"], 1);
  EXPECT_EQ(out["text_only"], 1);
  EXPECT_EQ(out["images"],
            Json::array({{{"images", "0"}, {"samples", 1}}, {{"images", "1"}, {"samples", 1}}}));
  EXPECT_EQ(found.code, ExitCode::data);
  EXPECT_TRUE(has(found.problem, "1 items of"));
}

TEST(Inspection, SaysWhichImagesAreMissing) {
  const TemporaryFolder folder;
  write_file(folder / "a.json", cat("[", kItem, "]"));
  auto against = checks();
  against.instructions.images = {(folder / "").string()};
  const auto found = describe(folder / "a.json", against);
  EXPECT_EQ(found.content["pages"]["sets_missing"], 1);
  EXPECT_EQ(found.code, ExitCode::data);
  EXPECT_TRUE(has(found.problem, "a.png"));
}

TEST(Inspection, TellsListsFromObjects) {
  const TemporaryFolder folder;
  write_file(folder / "list.json", "\n [");
  write_file(folder / "object.json", "{}");
  EXPECT_TRUE(is_instructions(folder / "list.json"));
  EXPECT_FALSE(is_instructions(folder / "object.json"));
  EXPECT_TRUE(is_instructions(folder / ""));
}

}  // namespace
}  // namespace ecg_lora::inspection
