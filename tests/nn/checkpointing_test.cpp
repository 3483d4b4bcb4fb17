// Recomputed layers give the gradients of kept ones, to the bit.
#include <gtest/gtest.h>

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/train/loop/train_job.h"
#include "small_model.h"

namespace ecg_lora {
namespace {

using Named = std::map<std::string, at::Tensor>;

struct Case {
  const char* kinds;
  int every;
};

void expect_equal(const Named& ours, const Named& kept) {
  ASSERT_EQ(ours.size(), kept.size());
  for (const auto& [name, gradient] : ours) EXPECT_TRUE(at::equal(gradient, kept.at(name))) << name;
}

/// Models with one, two and three cross-attention layers, two and three kept states of the tower,
/// and dropout.
class Checkpointed
    : public ::testing::TestWithParam<std::tuple<const char*, at::ScalarType, Case>> {
 protected:
  Checkpointed() : small(std::get<0>(GetParam()), std::get<1>(GetParam())) {
    small.set_dropout(0.2);
  }

  Named gradients(bool recomputed) {
    train::LoopConfig loop;
    loop.activation_checkpointing = recomputed ? std::get<2>(GetParam()).kinds : "none";
    loop.checkpoint_every_layers = std::get<2>(GetParam()).every;
    small.model->set_activation_checkpointing(train::activation_checkpointing(loop));
    torch::manual_seed(7);
    return small.gradients();
  }

  testing::SmallModel small;
};

TEST_P(Checkpointed, GradientsAreThoseWithoutToTheBit) {
  const auto kept = gradients(false);
  expect_equal(gradients(true), kept);
}

TEST_P(Checkpointed, GradientsOfLibtorchsOperationsAreThoseWithoutToTheBit) {
  small.model->set_implementation(nn::Implementation::libtorch);
  const auto kept = gradients(false);
  expect_equal(gradients(true), kept);
}

constexpr Case kCases[] = {{"none", 1},  {"all", 1},         {"self", 1},
                           {"cross", 1}, {"vision", 1},      {"all", 2},
                           {"all", 3},   {"self,vision", 2}, {"cross,vision", 1}};

INSTANTIATE_TEST_SUITE_P(
    Kinds, Checkpointed,
    ::testing::Combine(::testing::Values("text_only", "one_image", "two_images"),
                       ::testing::Values(at::kFloat, at::kBFloat16), ::testing::ValuesIn(kCases)),
    [](const auto& setting) {
      auto name = cat(std::get<0>(setting.param), "_", std::get<1>(setting.param), "_",
                      std::get<2>(setting.param).kinds, "_", std::get<2>(setting.param).every);
      std::replace(name.begin(), name.end(), ',', '_');
      return name;
    });

/// Images of different tiles go through the tower one after the other, so that an adapter has
/// several shares in a batch, and more in the next.
TEST(Checkpointing, SumsOverBatchesAndTilesAreThoseWithoutToTheBit) {
  testing::SmallModel small("two_images");
  small.set_dropout(0);
  std::vector<Named> results;
  for (const auto& checkpointing :
       {model::ActivationCheckpointing{}, model::ActivationCheckpointing{1, 1, 1}}) {
    small.model->set_activation_checkpointing(checkpointing);
    results.push_back(small.gradients(/*batches=*/3));
  }
  expect_equal(results[1], results[0]);
}

TEST(Checkpointing, IsRefusedForAnUnknownKind) {
  train::LoopConfig loop;
  loop.activation_checkpointing = "self,visoin";
  EXPECT_THROW(train::activation_checkpointing(loop), std::exception);
}

}  // namespace
}  // namespace ecg_lora
