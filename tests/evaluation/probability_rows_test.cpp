#include "evaluation/scoring/probability_rows.h"

#include "ptbxl/tables.h"

namespace ecg_lora::evaluation {
namespace {

using ecg_lora::testing::error_of;
using ecg_lora::testing::has;
using ecg_lora::testing::load;
using ecg_lora::testing::row;
using ecg_lora::testing::TemporaryFolder;

metrics::ProbabilityTable table_of(const std::string& csv) {
  const TemporaryFolder folder;
  write_file(folder / "x.csv", csv);
  return metrics::read_probabilities(folder / "x.csv");
}

std::vector<metrics::Prediction> converted(const std::string& csv, const ReferenceLabels* labels,
                                           std::vector<report::Notice>* notices = nullptr) {
  std::vector<report::Notice> own;
  return to_predictions(table_of(csv), labels, notices ? *notices : own);
}

ptbxl::Database three_records() {
  return load(row(1, "{'NORM': 100.0}") + row(2, "{'IMI': 80.0}") + row(3, "{'AFIB': 0.0}"));
}

ReferenceConfig superclass() {
  ReferenceConfig config;
  config.labels = "superclass", config.test_folds = {3};
  return config;
}

TEST(ProbabilityRows, TakeTheirOwnReferencePatientAndFold) {
  const auto all = converted("ecg_id,patient_id,fold,MI,MI.gold\n7,70,10,0.25,1\n", nullptr);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].ecg_id, 7);
  EXPECT_EQ(all[0].patient_id, 70);
  EXPECT_EQ(all[0].fold, 10);
  EXPECT_EQ(all[0].label, "MI");
  EXPECT_EQ(all[0].p_yes, 0.25);
  EXPECT_TRUE(all[0].gold);
}

TEST(ProbabilityRows, TakeWhatIsMissingFromTheTables) {
  const auto database = three_records();
  const ReferenceLabels labels(database, superclass());
  std::vector<report::Notice> notices;
  const auto all = converted("ecg_id,MI,AFIB\n2,0.9,0.1\n3,0.5,0.5\n", &labels, &notices);
  ASSERT_EQ(all.size(), 2u) << "3 has no label of the set";
  EXPECT_EQ(all[0].patient_id, 15709);
  EXPECT_EQ(all[0].fold, 3);
  EXPECT_TRUE(all[0].gold);
  EXPECT_FALSE(all[1].gold) << "outside the set: left out afterwards";
  ASSERT_EQ(notices.size(), 2u);
  EXPECT_EQ(notices[0].count, 0);
  EXPECT_EQ(notices[1].key, "records_without_label");
  EXPECT_EQ(notices[1].count, 1);
}

TEST(ProbabilityRows, LeaveOutEmptyCells) {
  std::vector<report::Notice> notices;
  const auto all =
      converted("ecg_id,patient_id,fold,MI,MI.gold,CD,CD.gold\n1,1,10,0.5,,,1\n2,2,10,0,0,1,1\n",
                nullptr, &notices);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].ecg_id, 2);
  EXPECT_EQ(notices[0].key, "answers_without_reference");
  EXPECT_EQ(notices[0].count, 1) << "a reference without a probability is no answer";
}

TEST(ProbabilityRows, RefuseWhatIsNowhere) {
  EXPECT_TRUE(has(
      error_of(ExitCode::data, [] { converted("ecg_id,fold,MI,MI.gold\n1,10,0.5,1\n", nullptr); }),
      "x.csv line 2: patient_id is not in the file, and data.root has no "
      "ptbxl_database.csv to take it from; add a column or set data.root"));
  EXPECT_TRUE(has(error_of(ExitCode::data,
                           [] { converted("ecg_id,patient_id,MI,MI.gold\n1,1,0.5,1\n", nullptr); }),
                  "line 2: fold is not in the file"));
  EXPECT_TRUE(has(error_of(ExitCode::data,
                           [] { converted("ecg_id,patient_id,fold,MI\n1,1,10,0.5\n", nullptr); }),
                  "line 2: the reference (MI.gold) is not in the file"));
}

TEST(ProbabilityRows, RefuseRecordsOutsideTheTablesAndOtherFolds) {
  const auto database = three_records();
  const ReferenceLabels labels(database, superclass());
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { converted("ecg_id,MI\n9,0.5\n", &labels); }),
                  "x.csv line 2: record 9 is not in the data set's ptbxl_database.csv, expected an "
                  "ecg_id of it; remove the line or set data.root"));
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { converted("ecg_id,fold,MI\n1,10,0.5\n", &labels); }),
          "line 2: record 1 is of patient 15709, fold 10, expected patient 15709, fold 3"));
}

TEST(ProbabilityRows, RefuseNoNumberOutOfRangeAndASecondLine) {
  const auto database = three_records();
  const ReferenceLabels labels(database, superclass());
  for (const char* cell : {"nan", "inf", "1.5", "-0.1", "x"})
    EXPECT_TRUE(
        has(error_of(ExitCode::data, [&] { converted(cat("ecg_id,MI\n1,", cell, "\n"), &labels); }),
            "x.csv line 2"))
        << cell;
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { converted("ecg_id,MI\n1,0.5\n1,0.6\n", &labels); }),
          "line 3"));
  EXPECT_NE(error_of(ExitCode::data, [&] { converted("ecg_id,MI\n", &labels); }), "") << "no row";
}

}  // namespace
}  // namespace ecg_lora::evaluation
