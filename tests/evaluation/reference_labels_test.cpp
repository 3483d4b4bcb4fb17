#include "evaluation/scoring/answer_checks.h"

#include "ptbxl/tables.h"

namespace ecg_lora::evaluation {
namespace {

using ecg_lora::testing::error_of;
using ecg_lora::testing::has;
using ecg_lora::testing::load;
using ecg_lora::testing::row;

/// Two records of patient 15709 in fold 3, and one that no superclass is stated of.
ptbxl::Database three_records() {
  return load(row(1, "{'NORM': 100.0}") + row(2, "{'IMI': 80.0}") + row(3, "{'AFIB': 0.0}"));
}

ReferenceConfig superclass(std::vector<int> valid_folds = {}, std::vector<int> test_folds = {3}) {
  ReferenceConfig config;
  config.labels = "superclass";
  config.valid_folds = std::move(valid_folds), config.test_folds = std::move(test_folds);
  return config;
}

metrics::Prediction answer(int ecg_id, const std::string& label, bool gold) {
  return {ecg_id, 15709, 3, label, "", gold, 0.5};
}

std::int64_t count_of(const std::vector<report::Notice>& notices, const std::string& key) {
  for (const auto& notice : notices)
    if (notice.key == key) return notice.count;
  ADD_FAILURE() << "no notice " << key;
  return -1;
}

TEST(ReferenceLabels, FindsRecordsAndColumns) {
  const auto database = three_records();
  const ReferenceLabels labels(database, superclass());
  ASSERT_NE(labels.record(2), nullptr);
  EXPECT_EQ(labels.record(2)->ecg_id, 2);
  EXPECT_EQ(labels.record(4), nullptr);
  EXPECT_EQ(labels.column("MI"), 0u);
  EXPECT_EQ(labels.column("NORM"), 1u);
  EXPECT_FALSE(labels.column("IMI")) << "a code, not of the set";
  EXPECT_EQ(labels.flags(*labels.record(2)), (std::vector<bool>{true, false}));
  EXPECT_TRUE(labels.kept(*labels.record(1)));
  EXPECT_FALSE(labels.kept(*labels.record(3))) << "no superclass";
}

TEST(ReferenceLabels, KnowsLabelsOfSetCodesAndClasses) {
  const auto database = three_records();
  const ReferenceLabels labels(database, superclass());
  for (const char* known : {"MI", "AFIB", "STTC", "_AVB"})
    EXPECT_NO_THROW(labels.check_known(known, "x.csv")) << known;
  EXPECT_EQ(error_of(ExitCode::data, [&] { labels.check_known("AFIBB", "x.csv"); }),
            "x.csv: unknown label AFIBB, expected one of set 'superclass' or an SCP code; the "
            "nearest is AFIB");
}

TEST(ReferenceLabels, RefuseAnotherPatientOrFold) {
  const auto database = three_records();
  const auto& record = database.records[0];
  auto p = answer(1, "NORM", true);
  EXPECT_NO_THROW(check_place(p, &record, "x.csv line 2"));
  p.fold = 10;
  EXPECT_NO_THROW(check_place(p, nullptr, "x.csv line 2")) << "not in the tables";
  const auto message = error_of(ExitCode::data, [&] { check_place(p, &record, "x.csv line 2"); });
  EXPECT_TRUE(has(message,
                  "x.csv line 2: record 1 is of patient 15709, fold 10, expected patient 15709, "
                  "fold 3 as in the data set's table"))
      << message;
  p.fold = 3, p.patient_id = 7;
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { check_place(p, &record, "x"); }),
                  "is of patient 7, fold 3"));
}

TEST(ReferenceLabels, LeaveOutAnswersOutsideTheSet) {
  const auto database = three_records();
  const ReferenceLabels labels(database, superclass());
  std::vector<metrics::Prediction> all{answer(1, "NORM", true), answer(1, "AFIB", false)};
  std::vector<report::Notice> notices;
  keep_labels(all, labels, "x.csv", notices);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].label, "NORM");
  EXPECT_EQ(count_of(notices, "answers_outside_labels"), 1);
  EXPECT_EQ(count_of(notices, "labels_without_answers"), 1) << "MI";
  std::vector<metrics::Prediction> none;
  notices.clear();
  keep_labels(none, labels, "x.csv", notices);
  EXPECT_EQ(count_of(notices, "labels_without_answers"), 2);
}

TEST(ReferenceLabels, CountWhatDoesNotFitTheTables) {
  const auto database = three_records();
  const ReferenceLabels labels(database, superclass());
  const std::vector<metrics::Prediction> all{answer(1, "NORM", false), answer(1, "MI", false),
                                             answer(9, "MI", true)};
  std::vector<report::Notice> notices;
  check_against(all, "x.csv", labels, superclass(), notices);
  EXPECT_EQ(count_of(notices, "test_records_missing"), 1) << "2; 3 has no label of the set";
  EXPECT_EQ(count_of(notices, "validation_records_missing"), 0);
  EXPECT_EQ(count_of(notices, "records_not_in_table"), 1);
  EXPECT_EQ(count_of(notices, "references_unlike_table"), 1);
  notices.clear();
  check_against({}, "x.csv", labels, superclass({3}, {10}), notices);
  EXPECT_EQ(count_of(notices, "test_records_missing"), 0);
  EXPECT_EQ(count_of(notices, "validation_records_missing"), 2);
}

TEST(ReferenceLabels, LeaveOutLabelsThatASiteNeverStates) {
  const auto database = load(row(1, "{'NORM': 100.0}") + row(2, "{'NORM': 100.0, 'SR': 0.0}"));
  ReferenceConfig config = superclass();
  config.labels = "NORM,AFIB";
  const ReferenceLabels labels(database, config);
  std::vector<metrics::Prediction> all{answer(1, "NORM", true), answer(1, "AFIB", false),
                                       answer(9, "AFIB", false)};
  std::vector<report::Notice> notices;
  leave_out_unexpressed(all, labels, notices);
  EXPECT_EQ(all.size(), 2u) << "a record outside the tables stays";
  EXPECT_EQ(count_of(notices, "answers_to_labels_not_expressed"), 1);
}

}  // namespace
}  // namespace ecg_lora::evaluation
