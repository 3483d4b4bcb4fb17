#include "ecg_lora/ecg/ptbxl/table_facts.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ptbxl/tables.h"

namespace ecg_lora::ptbxl {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

const std::string kTable = "recording_date," + std::string(testing::kColumns) +
                           "1984-11-09 09:17:34," + testing::row(7, "{}");

std::string shown(const wfdb::PatientFacts& facts) {
  return cat(facts.id, ", ", facts.age ? cat(*facts.age) : "-", ", ",
             facts.sex ? cat(*facts.sex) : "-", ", ", facts.recorded);
}

TEST(TableFacts, OfTheTableAboveARecord) {
  const TemporaryFolder folder;
  write_file(folder / "d/ptbxl_database.csv", kTable);
  const TableFacts facts;
  const std::string row = "15709, 56, 1, 1984-11-09 09:17:34";
  EXPECT_EQ(shown(facts.of(folder / "d/records100/00000/00001_lr")), row);
  EXPECT_EQ(shown(facts.of(folder / "d/records500/00000/00001_hr")), row);
  EXPECT_EQ(shown(facts.of(folder / "d/x/../records500/00000/00001_hr")), row);
  EXPECT_TRUE(facts.of(folder / "d/records100/00000/00002_lr").empty()) << "is in no row";
  EXPECT_TRUE(facts.of(folder / "e/records100/00000/00001_lr").empty()) << "has no table above";
  EXPECT_TRUE(facts.of(folder / "d/a/b/c/records100/00000/00001_lr").empty());
  EXPECT_TRUE(facts.of("00001_lr").empty());
}

TEST(TableFacts, ADamagedTableIsNamed) {
  const TemporaryFolder folder;
  write_file(folder / "ptbxl_database.csv", "ecg_id\n1\n");
  const TableFacts facts;
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { facts.of(folder / "records100/00000/00001_lr"); }),
                  "ptbxl_database.csv"));
}

}  // namespace
}  // namespace ecg_lora::ptbxl
