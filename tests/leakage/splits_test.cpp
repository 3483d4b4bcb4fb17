#include "base/expect_error.h"
#include "ecg_lora/ecg/leakage/audit.h"

namespace ecg_lora::leakage {
namespace {

using ecg_lora::testing::error_of;

TEST(AuditSplits, AreNamedFolds) {
  EXPECT_EQ(parse_splits("train=1-3+7,test=10"), (Splits{{"train", {1, 2, 3, 7}}, {"test", {10}}}));
}

TEST(AuditSplits, NeedANameAndFolds) {
  const auto message = [](const std::string& text) {
    return error_of(ExitCode::usage, [&] { parse_splits(text); });
  };
  EXPECT_EQ(message("train"),
            "--splits train: expected name=folds such as train=1-8,valid=9,test=10, got 'train'");
  EXPECT_EQ(message("=1"),
            "--splits =1: expected name=folds such as train=1-8,valid=9,test=10, got '=1'");
  EXPECT_EQ(message("train=0"),
            "--splits train=0: expected folds from 1 to 10 such as train=1-8,valid=9,test=10, "
            "got '0'");
}

}  // namespace
}  // namespace ecg_lora::leakage
