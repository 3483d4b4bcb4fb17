#include <gtest/gtest.h>

#include "model/shapes.h"
#include "shapes.h"

namespace ecg_lora::plan {
namespace {

TrainingInput eleven_billion() {
  TrainingInput input;
  input.model = model::testing::eleven_billion();
  input.dtype = at::kBFloat16;
  input.batch = {32, 128, 4, 128};
  return input;
}

TEST(Advice, IsEmptyWhereTheStepFits) {
  EXPECT_TRUE(advise(eleven_billion(), std::int64_t{1} << 40).empty());
}

TEST(Advice, EndsWithWhatFits) {
  const auto input = eleven_billion();
  const auto total = plan_training(input).total();
  for (const std::int64_t bytes : {total - 1, std::int64_t{80000000000}, std::int64_t{40000000000},
                                   std::int64_t{24000000000}}) {
    const auto advice = advise(input, bytes);
    ASSERT_FALSE(advice.empty());
    EXPECT_LE(advice.back().total, bytes) << advice.back().change;
    for (const auto& [change, with, changed] : advice) EXPECT_LT(with, total) << change;
  }
  EXPECT_EQ(advise(input, total - 1).back().change, "loop.activation_checkpointing=all");
}

TEST(Advice, SaysWhatIsStillTooMuch) {
  const auto advice = advise(eleven_billion(), 1000000000);
  ASSERT_FALSE(advice.empty());
  EXPECT_GT(advice.back().total, 1000000000);
  EXPECT_NE(advice.back().change.find("base_quantisation=nf4"), std::string::npos);
  EXPECT_NE(advice.back().change.find("batch.images=1"), std::string::npos);
}

TEST(Plan, GrowsWithTheBatchAndShrinksWithCheckpointing) {
  auto input = eleven_billion();
  const auto plan = plan_training(input);
  input.batch.tokens *= 2;
  EXPECT_GT(plan_training(input).total(), plan.total());
  EXPECT_GT(plan_training(input).flops, plan.flops);
  input.batch.tokens /= 2;
  input.loop.activation_checkpointing = "all";
  EXPECT_LT(plan_training(input).total(), plan.total());
  EXPECT_GT(plan_training(input).flops, plan.flops);
}

}  // namespace
}  // namespace ecg_lora::plan
