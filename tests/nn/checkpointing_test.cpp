// Recomputed layers give the gradients of kept ones, to the bit.
#include <gtest/gtest.h>

#include "ecg_lora/train/trainer.h"
#include "small_model.h"

namespace ecg_lora {
namespace {

class Checkpointed : public ::testing::TestWithParam<std::pair<const char*, int>> {};

TEST_P(Checkpointed, GradientsAreThoseWithoutToTheBit) {
  testing::SmallModel small("one_image");
  small.set_dropout(0.2);
  torch::manual_seed(7);
  const auto kept = small.gradients();
  train::LoopConfig loop;
  loop.activation_checkpointing = GetParam().first;
  loop.checkpoint_every_layers = GetParam().second;
  small.model->set_checkpointing(train::checkpointing(loop));
  torch::manual_seed(7);
  for (const auto& [name, gradient] : small.gradients()) EXPECT_TRUE(at::equal(gradient, kept.at(name))) << name;
}

INSTANTIATE_TEST_SUITE_P(Kinds, Checkpointed,
                         ::testing::Values(std::pair{"all", 1}, std::pair{"self", 1}, std::pair{"cross", 1}, std::pair{"vision", 1}, std::pair{"self,vision", 2}),
                         [](const auto& kind) { return "kind" + std::to_string(kind.index); });

TEST(Checkpointing, IsRefusedForAnUnknownKind) {
  train::LoopConfig loop;
  loop.activation_checkpointing = "self,visoin";
  EXPECT_THROW(train::checkpointing(loop), std::exception);
}

}  // namespace
}  // namespace ecg_lora
