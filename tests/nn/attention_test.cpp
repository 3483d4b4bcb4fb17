// attend() keeps less than libtorch's own attention and gives its values and gradients.
#include <gtest/gtest.h>

#include <functional>

#include "ecg_lora/nn/layers/attention.h"

namespace ecg_lora {
namespace {

struct Shape {
  const char* name;
  std::int64_t heads, kv_heads, queries, keys;
  bool causal;
};

using Tensors = std::vector<at::Tensor>;

using Attend = std::function<at::Tensor(const at::Tensor& q, const at::Tensor& k,
                                        const at::Tensor& v, bool causal)>;

at::Tensor ours(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, bool causal) {
  return nn::attend(q, k, v, std::nullopt, causal);
}

at::Tensor libtorchs(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, bool causal) {
  const auto share = q.size(1) / k.size(1);
  return at::scaled_dot_product_attention(q, k.repeat_interleave(share, 1),
                                          v.repeat_interleave(share, 1), std::nullopt, 0.0, causal);
}

/// The output and the gradients of q, k and v for one random gradient of the output.
Tensors attended(const Attend& attend, const Tensors& inputs, const at::Tensor& gradient,
                 bool causal, at::ScalarType type) {
  Tensors leaves;
  for (const auto& x : inputs) leaves.push_back(x.detach().to(type).requires_grad_(true));
  const auto out = attend(leaves[0], leaves[1], leaves[2], causal);
  auto result = torch::autograd::grad({out}, leaves, {gradient.to(type)});
  result.insert(result.begin(), out.detach());
  return result;
}

double apart(const at::Tensor& a, const at::Tensor& b) {
  return ((a.to(at::kDouble) - b.to(at::kDouble)).norm() / b.to(at::kDouble).norm()).item<double>();
}

class Attention : public ::testing::TestWithParam<Shape> {
 protected:
  Attention() {
    torch::manual_seed(3);
    const auto& s = GetParam();
    inputs_ = {at::randn({2, s.queries, s.heads, 32}).transpose(1, 2),
               at::randn({2, s.keys, s.kv_heads, 32}).transpose(1, 2),
               at::randn({2, s.keys, s.kv_heads, 32}).transpose(1, 2)};
    gradient_ = at::randn({2, s.queries, s.heads, 32}).transpose(1, 2);
  }
  Tensors run(const Attend& attend, at::ScalarType type) const {
    return attended(attend, inputs_, gradient_, GetParam().causal, type);
  }

  Tensors inputs_;
  at::Tensor gradient_;
};

TEST_P(Attention, IsLibtorchsInFp32) {
  const auto mine = run(ours, at::kFloat), theirs = run(libtorchs, at::kFloat);
  for (std::size_t i = 0; i < mine.size(); ++i) EXPECT_LE(apart(mine[i], theirs[i]), 1e-6) << i;
}

/// Against the same in fp64, from inputs that are bf16.
TEST_P(Attention, IsNoFurtherOffInBf16) {
  for (auto& x : inputs_) x = x.to(at::kBFloat16).to(at::kFloat);
  gradient_ = gradient_.to(at::kBFloat16).to(at::kFloat);
  const auto exact = run(libtorchs, at::kDouble), mine = run(ours, at::kBFloat16),
             theirs = run(libtorchs, at::kBFloat16);
  for (std::size_t i = 0; i < mine.size(); ++i) {
    EXPECT_EQ(mine[i].scalar_type(), at::kBFloat16);
    EXPECT_LE(apart(mine[i], exact[i]), 1.05 * apart(theirs[i], exact[i])) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Attention,
                         ::testing::Values(Shape{"own_heads", 4, 4, 96, 96, true},
                                           Shape{"shared_heads", 8, 2, 96, 96, true},
                                           Shape{"many_keys", 8, 2, 300, 300, true},
                                           Shape{"not_causal", 4, 4, 64, 200, false},
                                           Shape{"shared_not_causal", 8, 2, 64, 404, false}),
                         [](const auto& shape) { return std::string(shape.param.name); });

}  // namespace
}  // namespace ecg_lora
