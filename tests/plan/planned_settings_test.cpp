// Arithmetic of batches that were made, and other settings, against the plan of a step.
#include "ecg_lora/plan/training/arithmetic.h"

#include <gtest/gtest.h>

#include "measured_step.h"
#include "shapes.h"

namespace ecg_lora::plan {
namespace {

TrainingInput tiny_input() {
  TrainingInput input;
  input.model = testing::config_of("tiny");
  input.lora.rank = 8;
  input.loop.accumulation = 3;
  input.batch = {12, 40, 3, 24, 0, 12 * 30, false};
  return input;
}

const cost::Setting& setting(const cost::PlannedSettings& plan, const std::string& name) {
  for (const auto& one : plan.settings)
    if (one.name == name) return one;
  ADD_FAILURE() << "no setting " << name;
  return plan.settings.front();
}

std::vector<std::string> names_of(const cost::PlannedSettings& plan) {
  std::vector<std::string> names;
  for (const auto& one : plan.settings) names.push_back(one.name);
  return names;
}

TEST(BatchArithmetic, IsThatOfThePlanOfItsShape) {
  auto input = tiny_input();
  for (const char* checkpointing : {"none", "all"})
    for (const bool hides : {false, true})
      for (const std::int64_t images : {3, 0}) {
        input.loop.activation_checkpointing = checkpointing;
        input.batch.images = images, input.batch.masked = hides && images > 0;
        Arithmetic arithmetic(input);
        const auto flops = arithmetic.of(testing::make_batch(input.model, input.batch));
        EXPECT_DOUBLE_EQ(3 * flops, plan_training(input).flops) << checkpointing << images;
        EXPECT_EQ(arithmetic.planned().shape.at("masked"), input.batch.masked);
      }
}

TEST(BatchArithmetic, PlansForTheLargestBatch) {
  const auto input = tiny_input();
  auto lesser = input.batch;
  lesser.rows = 6, lesser.answers = 12, lesser.text_tokens = 6 * 30;
  Arithmetic arithmetic(input);
  EXPECT_TRUE(arithmetic.planned().settings.empty()) << "no batch was counted yet";
  arithmetic.of(testing::make_batch(input.model, lesser));
  EXPECT_EQ(arithmetic.planned().shape.at("rows"), 6);
  const auto largest = arithmetic.of(testing::make_batch(input.model, input.batch));
  arithmetic.of(testing::make_batch(input.model, lesser));
  const auto& plan = arithmetic.planned();
  EXPECT_EQ(plan.shape.at("rows"), 12);
  EXPECT_DOUBLE_EQ(plan.settings.front().flops, largest);
  EXPECT_DOUBLE_EQ(plan.settings.front().memory, static_cast<double>(plan_training(input).total()));
}

TEST(Alternatives, AreThePlansOfOtherSettings) {
  const auto input = tiny_input();
  const auto plan = planned_settings(input);
  EXPECT_EQ(names_of(plan),
            (std::vector<std::string>{"rank 8, 4 tiles", "rank 4", "rank 16", "1 tile", "2 tiles",
                                      "2 questions per image", "8 questions per image"}));
  auto other = input;
  other.loop.accumulation = 1;
  const auto expect = [&](const std::string& name) {
    EXPECT_DOUBLE_EQ(setting(plan, name).flops, plan_training(other).flops) << name;
  };
  other.lora.rank = 16;
  expect("rank 16");
  other.lora.rank = 8, other.batch.rows = 24, other.batch.answers = 48;
  other.batch.text_tokens = 24 * 30;
  expect("8 questions per image");
  const auto& own = plan.settings.front();
  for (const auto* less : {"rank 4", "1 tile", "2 tiles", "2 questions per image"}) {
    EXPECT_LT(setting(plan, less).flops, own.flops) << less;
    EXPECT_LT(setting(plan, less).memory, own.memory) << less;
  }
  for (const auto* more : {"rank 16", "8 questions per image"}) {
    EXPECT_GT(setting(plan, more).flops, own.flops) << more;
    EXPECT_GT(setting(plan, more).memory, own.memory) << more;
  }
  EXPECT_LT(setting(plan, "1 tile").flops, setting(plan, "2 tiles").flops);
}

TEST(Alternatives, AreThoseThatTheRunHas) {
  auto input = tiny_input();
  input.loop.trainable = "full";
  EXPECT_EQ(names_of(planned_settings(input)).front(), "all parameters, 4 tiles");
  EXPECT_EQ(planned_settings(input).settings.size(), 5u) << "no ranks";
  input = tiny_input();
  input.batch.images = 0;
  EXPECT_EQ(planned_settings(input).settings.size(), 3u) << "without pages only ranks";
  input = tiny_input();
  input.batch.row_images = 2;
  EXPECT_EQ(planned_settings(input).settings.size(), 5u) << "rows about several images";
  input = tiny_input();
  input.lora.rank = 1, input.batch.rows = input.batch.answers = 3, input.batch.text_tokens = 0;
  EXPECT_EQ(names_of(planned_settings(input)),
            (std::vector<std::string>{"rank 1, 4 tiles", "rank 2", "1 tile", "2 tiles",
                                      "2 questions per image"}));
}

}  // namespace
}  // namespace ecg_lora::plan
