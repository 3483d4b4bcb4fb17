#include "base/expect_error.h"
#include "ecg_lora/lora/merge.h"

namespace ecg_lora::lora {
namespace {

TEST(MergeOptions, AdaptersWithoutWeightsHaveWeightOne) {
  const auto adapters = weighted({"a", "b"}, {});
  ASSERT_EQ(adapters.size(), 2u);
  EXPECT_EQ(adapters[1].folder, "b");
  EXPECT_EQ(adapters[1].weight, 1);
  EXPECT_EQ(weighted({"a", "b"}, {0.5, 2})[1].weight, 2);
}

TEST(MergeOptions, AnotherNumberOfWeightsIsAUsageError) {
  EXPECT_TRUE(ecg_lora::testing::has(
      ecg_lora::testing::error_of(ExitCode::usage, [] { weighted({"a", "b"}, {1}); }),
      "--weight has 1 values for 2 adapters"));
}

TEST(MergeOptions, OneAdapterOfWeightOneIsMergedInParts) {
  MergeOptions options;
  options.adapters = {{"a", 1}};
  EXPECT_TRUE(merges_one(options));
  options.method = "ties";
  EXPECT_FALSE(merges_one(options));
  options.method = "linear";
  options.adapters[0].weight = 0.5;
  EXPECT_FALSE(merges_one(options));
  options.adapters = {{"a", 1}, {"b", 1}};
  EXPECT_FALSE(merges_one(options));
}

}  // namespace
}  // namespace ecg_lora::lora
