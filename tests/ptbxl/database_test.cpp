#include "ecg_lora/ptbxl/database.h"

#include <ctime>
#include <set>

#include "ptbxl/tables.h"
#include "support/shared_data.h"

namespace ecg_lora::ptbxl {
namespace {

using testing::error_of;
using testing::has;
using testing::load;
using testing::row;

std::string error(const std::string& rows) {
  return error_of(ExitCode::data, [&] { load(rows); });
}

TEST(Database, ReadsARow) {
  const Database database = load(row(7, "{'NORM': 100.0, 'SR': 0.0}") + row(8, "{}", "3.0,,"));
  ASSERT_EQ(database.records.size(), 2u);
  const RecordInfo& record = database.records[0];
  EXPECT_EQ(record.ecg_id, 7);
  EXPECT_EQ(record.patient_id, 15709);
  EXPECT_EQ(record.age, 56);
  EXPECT_EQ(record.sex, 1);
  EXPECT_EQ(record.report, "a, b");
  EXPECT_EQ(record.scp_codes, (std::vector<std::pair<std::string, double>>{{"NORM", 100}, {"SR", 0}}));
  EXPECT_EQ(record.strat_fold, 3);
  EXPECT_EQ(database.waveform(record, 100), database.root / "records100/00000/00001_lr");
  EXPECT_EQ(database.waveform(record, 500), database.root / "records500/00000/00001_hr");
  EXPECT_FALSE(database.records[1].age);
  EXPECT_FALSE(database.records[1].sex);
  EXPECT_TRUE(database.records[1].scp_codes.empty());
}

TEST(Database, ReadsStatements) {
  const Database database = load("");
  const Statement* ndt = database.statement("NDT");
  ASSERT_NE(ndt, nullptr);
  EXPECT_TRUE(ndt->diagnostic && ndt->form && !ndt->rhythm);
  EXPECT_EQ(ndt->diagnostic_class, "STTC");
  EXPECT_EQ(database.statement("XYZ"), nullptr);
}

TEST(Database, ReadsDictLiteralsInAnySpelling) {
  for (const char* codes : {"{'A': 1.0,'B':0}", "{ 'A' : 1.0 , 'B': 0.0, }", "{\"\"A\"\": 1e0, 'B': 0}"}) {
    EXPECT_EQ(load(row(1, codes)).records[0].scp_codes,
              (std::vector<std::pair<std::string, double>>{{"A", 1}, {"B", 0}}))
        << codes;
  }
}

TEST(Database, NamesRowAndColumnOfDamage) {
  for (const char* codes :
       {"", "{", "{'A'", "{'A: 1.0}", "{'A': x}", "{'A': 1.0", "{'A': 1.0} 2", "{'A': nan}", "['A']"}) {
    EXPECT_TRUE(has(error(row(1, "{}") + row(2, codes)), "row 3, column scp_codes: expected")) << codes;
  }
  EXPECT_TRUE(has(error(row(1, "{}", "x,56,1")), "row 2, column patient_id: expected a number, got 'x'"));
  EXPECT_TRUE(has(error(row(1, "{}", "1.5,56,1")), "column patient_id: expected a whole number"));
  EXPECT_TRUE(has(error(row(1, "{}", ",56,1")), "column patient_id: expected a whole number"));
  EXPECT_TRUE(has(error(row(1, "{}", "1,56,2")), "column sex: expected a whole number from 0 to 1, got '2'"));
  EXPECT_TRUE(
      has(error(row(1, "{}") + row(1, "{}")), "row 3, column ecg_id: expected an id that no row above has"));
}

TEST(Database, NamesWhatIsMissing) {
  EXPECT_TRUE(has(error_of(ExitCode::data, [] { load_database("no/such/folder"); }), "no/such/folder"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [] { load("1,2\n", "ecg_id,patient_id\n"); }), "age"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [] { load("", testing::kColumns, "code,diagnostic\nA,1\n"); }),
                  "description"));
  const Database database = load(row(1, "{}"));
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { database.waveform(database.records[0], 250); }), "250 Hz"));
}

TEST(SharedDatabase, LoadsTheFullTableFast) {
  ECG_LORA_NEEDS_SHARED("ptbxl-metadata");
  const std::clock_t start = std::clock();
  const Database database = load_database(testing::shared_data() / "ptbxl-metadata");
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
  EXPECT_LT(seconds, 0.5) << "of processor time";
#endif
  RecordProperty("seconds", std::to_string(seconds));
  EXPECT_EQ(database.records.size(), 21799u);
  EXPECT_EQ(database.statements.size(), 71u);
  std::set<int> patients;
  for (const RecordInfo& record : database.records) patients.insert(record.patient_id);
  EXPECT_EQ(patients.size(), 18869u);
}

}  // namespace
}  // namespace ecg_lora::ptbxl
