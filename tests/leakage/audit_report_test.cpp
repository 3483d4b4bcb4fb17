#include "ecg_lora/ecg/leakage/audit_report.h"

#include "base/expect_error.h"

namespace ecg_lora::leakage {
namespace {

using testing::has;

AuditReport example() {
  AuditReport report;
  report.sources = {"data: a folder of WFDB recordings, 3 recordings"};
  report.parts = {{"train", 2, 1, 1}, {"test", 1, 1, 0}};
  report.patients = {{"data patient 7", {{"train", "data", "1"}, {"test", "data", "3"}}}};
  report.copies = {{{"train", "data", "1"}, {"test", "data", "3"}, 0.9951, 1.25, 0.5, 8.9}};
  report.not_compared = {"data 2: it has no lead V2"};
  report.traces = {true, 0.99, 2, 5, 0.25};
  return report;
}

TEST(AuditReport, IsTextForPeople) {
  EXPECT_EQ(to_text(example()),
            "data: a folder of WFDB recordings, 3 recordings\n"
            "train: 2 recordings of 1 patients, 1 of unknown patients\n"
            "test: 1 recordings of 1 patients\n"
            "patients in several parts: 1\n"
            "  data patient 7: train 1, test 3\n"
            "records in several parts: 0\n"
            "near-identical traces: 1\n"
            "  train 1 and test 3: correlation 0.9951 over 8.9 s, shifted by 1.250 s, gain 0.500\n"
            "traces compared: 2 recordings, correlation 0.99 and above, 5 candidates, 0.2 s\n"
            "not compared by trace: 1\n"
            "  data 2: it has no lead V2\n");
  EXPECT_TRUE(has(to_text(example(), 0), "near-identical traces: 1\n  … and 1 more\n"));
  EXPECT_TRUE(has(to_text({}), "traces were not compared"));
}

TEST(AuditReport, IsJsonForPrograms) {
  const Json json = to_json(example());
  EXPECT_EQ(json["format"], "ecg-lora audit 1");
  EXPECT_EQ(json["leaks"], true);
  EXPECT_EQ(json["parts"][0]["recordings_without_patient"], 1);
  EXPECT_EQ(json["shared_patients"][0]["where"][1]["id"], "3");
  EXPECT_EQ(json["copies"][0]["shift_s"], 1.25);
  EXPECT_EQ(json["traces"]["recordings"], 2);
  EXPECT_EQ(json["not_compared"].size(), 1u);
  EXPECT_EQ(to_json({})["leaks"], false);
}

TEST(AuditReport, RefusesLeaks) {
  const auto message = testing::error_of(ExitCode::data, [] { refuse_leaks(example()); });
  EXPECT_TRUE(
      has(message,
          "1 patients (data patient 7: train 1, test 3); 1 near-identical traces (train 1 and test "
          "3: correlation 0.9951"));
  EXPECT_TRUE(has(message, "data.allow_leaks=true"));
  refuse_leaks({});
}

}  // namespace
}  // namespace ecg_lora::leakage
