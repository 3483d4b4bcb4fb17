#include "ecg_lora/ecg/collections/folds.h"

#include "base/expect_error.h"

namespace ecg_lora::collections {
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

TEST(FoldText, JoinsNeighbours) {
  EXPECT_EQ(fold_text({}), "none");
  EXPECT_EQ(fold_text({9}), "9");
  EXPECT_EQ(fold_text({1, 2, 3, 4, 5, 6, 7, 8, 10}), "1-8, 10");
  EXPECT_EQ(fold_text({3, 1, 2}), "3, 1-2");  // in the order given
}

}  // namespace
}  // namespace ecg_lora::collections
