#include "ecg_lora/page/recordings/recordings.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ptbxl/tables.h"

namespace ecg_lora::page {
namespace {

using ecg_lora::testing::error_of;
using ecg_lora::testing::has;
using ecg_lora::testing::TemporaryFolder;

std::vector<std::string> names_of(const std::vector<Recording>& recordings) {
  std::vector<std::string> names;
  for (const auto& recording : recordings) names.push_back(recording.name);
  return names;
}

/// Records 1 and 2, both in fold 3.
void write_tables(const std::filesystem::path& root) {
  write_file(root / "ptbxl_database.csv", ecg_lora::testing::kColumns +
                                              ecg_lora::testing::row(1, "{'NORM': 100.0}") +
                                              ecg_lora::testing::row(2, "{'IMI': 100.0}"));
  write_file(root / "scp_statements.csv", ecg_lora::testing::kStatements);
}

TEST(SelectRecordings, TakesOneSource) {
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { select_recordings({}, false); }), "got none"));
  Selection both;
  both.record = "a", both.folder = "b";
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [&] { select_recordings(both, false); }), "got several"));
  Selection record;
  record.record = "a", record.folds = {1};
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { select_recordings(record, false); }),
                  "choose from --root"));
}

TEST(SelectRecordings, SortsThoseOfAFolder) {
  const TemporaryFolder folder;
  for (const char* name : {"b/2.hea", "b/1.hea", "a.hea", "a.dat"}) write_file(folder / name, "");
  Selection selection;
  selection.folder = (folder / "").string();
  EXPECT_EQ(names_of(select_recordings(selection, false)),
            (std::vector<std::string>{"a", "b/1", "b/2"}));
  selection.limit = 2;
  EXPECT_EQ(select_recordings(selection, false).size(), 2u);
}

TEST(SelectRecordings, RefusesAFolderWithoutAny) {
  const TemporaryFolder folder;
  Selection selection;
  selection.folder = (folder / "").string();
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { select_recordings(selection, false); }),
                  "got no .hea file"));
  selection.folder = (folder / "none").string();
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { select_recordings(selection, false); }), "got no folder"));
}

TEST(SelectRecordings, ChoosesFromATable) {
  const TemporaryFolder folder;
  write_tables(folder / "");
  Selection selection;
  selection.root = (folder / "").string();
  EXPECT_EQ(select_recordings(selection, false).size(), 2u);
  EXPECT_FALSE(selection.single());
  selection.ecg_id = 2;
  const auto one = select_recordings(selection, false);
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].name, "records500/00000/00001_hr");
  EXPECT_EQ(one[0].known.age, 56);
  EXPECT_TRUE(selection.single());
  selection.ecg_id = 3;
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { select_recordings(selection, false); }),
                  "has no record with ecg_id 3 among its 2"));
  selection.ecg_id = 0, selection.folds = {4};
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { select_recordings(selection, false); }),
                  "in these folds"));
}

}  // namespace
}  // namespace ecg_lora::page
