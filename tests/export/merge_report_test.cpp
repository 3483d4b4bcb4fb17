#include "ecg_lora/export/merge_report.h"

#include <limits>

#include "base/expect_error.h"
#include "ecg_lora/export/logits_check.h"

namespace ecg_lora::exports {
namespace {

struct Example {
  lora::MergeOptions options;
  lora::MergeReport report;

  Example() {
    options.adapters = {{"a", 1}, {"b", 0.5}};
    report.tensors = 9, report.bytes = 1200, report.files = 1;
    report.base_quantisations = {"none", "nf4"};
    report.changes = {{"small", 0.001, 0.2}, {"large", 0.02, 0.1}};
    report.kept = {model::VisionStates::leaving, {3, 7}};
  }
};

TEST(MergeReport, TextNamesTheLargestChangesFirst) {
  const Example example;
  EXPECT_EQ(report_text("out", example.options, example.report),
            "merged 2 of 9 tensors, 1200 bytes in 1 file, to out\n"
            "largest changes, relative to the weight's norm:\n"
            "  2.00e-02  large\n"
            "  1.00e-03  small\n"
            "vision states leaving [3, 7], for transformers\n"
            "adapter b was trained on a base quantised to nf4; it was merged into the base's "
            "full-precision weights\n");
}

TEST(MergeReport, TextNamesForWhomTheStatesAre) {
  Example example;
  example.options.form = model::VisionStates::entering;
  example.report.kept = {model::VisionStates::entering, {4, 8}};
  EXPECT_TRUE(ecg_lora::testing::has(report_text("out", example.options, example.report),
                                     "vision states entering [4, 8], for meta\n"));
}

TEST(MergeReport, JsonHasEveryChangeInFileOrder) {
  const Example example;
  const auto json = report_json("base", "out", example.options, example.report);
  EXPECT_EQ(json.at("adapters").at(1),
            (Json{{"path", "b"}, {"weight", 0.5}, {"base_quantisation", "nf4"}}));
  EXPECT_EQ(json.at("changed").at(0),
            (Json{{"tensor", "small"}, {"norm", 0.2}, {"relative", 0.001}}));
  EXPECT_EQ(json.at("vision_states"), "leaving");
  EXPECT_EQ(json.at("intermediate_layers_indices"), Json({3, 7}));
}

TEST(LogitsCheck, IsRefusedAboveWhatIsAllowedAndIfItIsNoNumber) {
  LogitsCheck check{1e-6, 1e-5, "fp32"};
  EXPECT_EQ(to_string(check),
            "logits, largest difference over the largest logit: 1.0e-06, allowed 1.0e-05 in fp32");
  require_equal(check, "merged");
  for (const double bad : {2e-5, std::numeric_limits<double>::quiet_NaN()}) {
    check.difference = bad;
    EXPECT_TRUE(ecg_lora::testing::has(
        ecg_lora::testing::error_of(ExitCode::checkpoint, [&] { require_equal(check, "merged"); }),
        "the logits of merged differ"));
  }
}

}  // namespace
}  // namespace ecg_lora::exports
