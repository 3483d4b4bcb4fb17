#include "base/expect_error.h"
#include "ecg_lora/ecg/leakage/audit.h"
#include "ptbxl/tables.h"
#include "support/shared_data.h"

namespace ecg_lora::leakage {
namespace {

using collections::CollectionItem;
using testing::error_of;
using testing::has;

/// Items as they are given.
class Given : public collections::Collection {
 public:
  Given(std::string root, std::vector<CollectionItem> items)
      : Collection(collections::CollectionKind::wfdb, root), items_(std::move(items)) {
    scope_ = "given";
  }
  std::size_t size() const override { return items_.size(); }
  CollectionItem item(std::size_t index) const override { return items_.at(index); }

 private:
  std::vector<CollectionItem> items_;
};

CollectionItem item(const std::string& id, const std::string& patient, int fold,
                    const std::string& origin = "") {
  CollectionItem item;
  item.id = id;
  item.patient = patient;
  item.fold = fold;
  item.origin = origin;
  return item;
}

const Splits kSplits = {{"train", {1, 2, 3, 4, 5, 6, 7, 8}}, {"valid", {9}}, {"test", {10}}};

TEST(AuditIds, FindsNothingWhereNothingIsShared) {
  const Given data("data", {item("1", "a", 1), item("2", "a", 8), item("3", "b", 9),
                            item("4", "c", 10), item("5", "", 10), item("6", "", 1)});
  const AuditReport report = audit_ids(plan_splits(data, kSplits));
  EXPECT_FALSE(report.leaks());
  ASSERT_EQ(report.parts.size(), 3u);
  EXPECT_EQ(report.parts[0].recordings, 3u);
  EXPECT_EQ(report.parts[0].patients, 1u);
  EXPECT_EQ(report.parts[0].without_patient, 1u);
  EXPECT_EQ(report.parts[2].recordings, 2u);
  refuse_leaks(report);
}

TEST(AuditIds, FindsAPatientInTwoSplits) {
  const Given data("data",
                   {item("1", "a", 1), item("2", "b", 9), item("3", "a", 10), item("4", "a", 2)});
  const AuditReport report = audit_ids(plan_splits(data, kSplits));
  ASSERT_EQ(report.patients.size(), 1u);
  EXPECT_EQ(report.patients[0].key, "given patient a");
  ASSERT_EQ(report.patients[0].occurrences.size(), 3u);
  EXPECT_EQ(report.patients[0].occurrences[1].part, "test");
  EXPECT_EQ(report.patients[0].occurrences[1].id, "3");
  EXPECT_TRUE(report.records.empty());
  EXPECT_EQ(error_of(ExitCode::data, [&] { refuse_leaks(report); }),
            "the parts of the data share 1 patients (given patient a: train 1, test 3, train 4); "
            "scores on "
            "them would say nothing "
            "about new patients: separate them, or set data.allow_leaks=true to go on anyway");
}

TEST(AuditIds, FindsARecordWhoseFoldIsInTwoSplits) {
  const Given data("data", {item("1", "a", 1), item("2", "b", 9), item("3", "c", 10)});
  const AuditReport report =
      audit_ids(plan_splits(data, {{"train", {1, 10}}, {"valid", {9}}, {"test", {10}}}));
  ASSERT_EQ(report.records.size(), 1u);
  EXPECT_EQ(report.records[0].key, "given record 3");
  EXPECT_EQ(report.records[0].occurrences[0].part, "train+test");
  EXPECT_EQ(report.patients.size(), 1u);
}

TEST(AuditIds, KnowsARecordInAnotherDataSetByItsOrigin) {
  const Given a("one", {item("6000", "p", 1, "ptb-xl/6000"), item("7", "q", 1)});
  const Given b("two", {item("HR06000", "", 1, "ptb-xl/6000"), item("8", "", 3)});
  const AuditReport report = audit_ids(plan_collections({&a, &b}));
  ASSERT_EQ(report.records.size(), 1u);
  EXPECT_EQ(report.records[0].key, "ptb-xl/6000");
  EXPECT_EQ(report.records[0].occurrences[1].part, "two");
  EXPECT_TRUE(report.patients.empty());
}

TEST(AuditIds, RefusesAnEmptySplit) {
  const Given data("data", {item("1", "a", 1)});
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { plan_splits(data, kSplits); }),
                  "split 'valid': expected folds that have recordings"));
}

TEST(SharedAudit, PtbxlsFoldsShareNoPatient) {
  ECG_LORA_NEEDS_SHARED("ptbxl-metadata");
  const auto ptbxl = collections::open_collection(testing::shared_data() / "ptbxl-metadata");
  const AuditReport report = audit_ids(plan_splits(*ptbxl, kSplits));
  EXPECT_FALSE(report.leaks());
  EXPECT_EQ(report.parts[0].recordings, 17418u);
  EXPECT_EQ(report.parts[1].recordings, 2183u);
  EXPECT_EQ(report.parts[2].recordings, 2198u);
  EXPECT_EQ(report.parts[0].patients + report.parts[1].patients + report.parts[2].patients, 18869u);
}

}  // namespace
}  // namespace ecg_lora::leakage
