#include "ecg_lora/sources/folds.h"

#include "base/expect_error.h"

namespace ecg_lora::sources {
namespace {

using ecg_lora::testing::error_of;

TEST(Folds, AreParsedFromSpans) {
  EXPECT_EQ(parse_folds("1-3,10", ',', ""), (std::vector<int>{1, 2, 3, 10}));
  EXPECT_EQ(parse_folds("9", '+', ""), std::vector<int>{9});
  EXPECT_TRUE(parse_folds("", ',', "").empty());
}

TEST(Folds, OutsideOfOneToTenAreRefused) {
  for (const char* text : {"0", "11", "1-11", "x", "1,,2", "1-2-3", "-1"})
    EXPECT_TRUE(error_of(ExitCode::usage, [&] { parse_folds(text, ',', "expected folds"); })
                    .starts_with("expected folds, got '"))
        << text;
}

}  // namespace
}  // namespace ecg_lora::sources
