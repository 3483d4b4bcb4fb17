// Weights cut into pieces and put together again, in both directions of a pass.
#include "ecg_lora/train/loop/shards.h"

#include <gtest/gtest.h>

#include "distributed/processes.h"

namespace ecg_lora::train {
namespace {

using testing::in_processes;

/// Weights of `layers` layers with two linears of odd sizes each, the same on every rank.
std::vector<at::Tensor> weights(int layers) {
  std::vector<at::Tensor> result;
  for (int i = 0; i < 2 * layers; ++i)
    result.push_back(
        at::arange(35 + i, at::kFloat).sin().add(i).view({-1, 1}).expand({35 + i, 3}).contiguous());
  return result;
}

int pass_there_and_back(const std::shared_ptr<distributed::Group>& group) {
  constexpr int layers = 5;
  const auto dense = weights(layers);
  const auto sharded = std::make_shared<ShardedLayers>(group);
  std::vector<std::shared_ptr<nn::PackedWeightImpl>> packed;
  for (std::size_t i = 0; i < dense.size(); ++i)
    packed.push_back(sharded->add("layer" + std::to_string(i / 2), dense[i]));
  const auto same = [&](std::size_t i) { return packed[i]->dense(at::kFloat).equal(dense[i]); };
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < packed.size(); ++i)
      if (!same(i)) return 1;
    for (std::size_t i = packed.size();
         i-- > 4;)  // the pass ends above the first layers, as where they need no gradient
      if (!same(i)) return 2;
  }
  std::int64_t whole = 0;
  for (const auto& weight : dense) whole += static_cast<std::int64_t>(weight.nbytes());
  const auto padding = static_cast<std::int64_t>(dense.size() * sizeof(float));
  return sharded->bytes() <= whole / group->ranks() + padding ? 0 : 3;
}

TEST(ShardedLayers, AreWholeWhereTheyAreUsed) {
  for (const int ranks : {2, 4})
    EXPECT_EQ(in_processes(ranks, pass_there_and_back),
              std::vector<int>(static_cast<std::size_t>(ranks), 0))
        << ranks;
  EXPECT_EQ(pass_there_and_back(distributed::single_process()), 0);
}

TEST(ShardedLayers, AProductAndItsGradientAreThoseOfTheDenseWeight) {
  const auto check = [](const std::shared_ptr<distributed::Group>& group) {
    const auto dense = weights(3);
    const auto sharded = std::make_shared<ShardedLayers>(group);
    std::vector<std::shared_ptr<nn::PackedWeightImpl>> packed;
    for (std::size_t i = 0; i < dense.size(); ++i)
      packed.push_back(sharded->add(std::to_string(i), dense[i]));
    const auto run = [&](bool use_dense) {
      const auto x = at::linspace(-1, 1, 12).view({4, 3}).requires_grad_();
      auto sum = at::zeros({});
      for (std::size_t i = 0; i < dense.size(); ++i)
        sum = sum + (use_dense ? at::linear(x, dense[i]) : nn::packed_linear(x, packed[i], {}))
                        .square()
                        .sum();
      sum.backward();
      return std::pair(sum.detach(), x.grad());
    };
    const auto expected = run(true), got = run(false);
    return got.first.equal(expected.first) && got.second.allclose(expected.second, 1e-6, 1e-6) ? 0
                                                                                               : 1;
  };
  EXPECT_EQ(in_processes(3, check), (std::vector<int>{0, 0, 0}));
}

}  // namespace
}  // namespace ecg_lora::train
