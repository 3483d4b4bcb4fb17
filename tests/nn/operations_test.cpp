// Each fused operation beside libtorch's own, at sizes that are no multiple of a vector, in values
// and gradients.
#include <gtest/gtest.h>

#include <functional>

#include "ecg_lora/nn/layers/activation.h"
#include "ecg_lora/nn/layers/linear.h"
#include "ecg_lora/nn/layers/norm.h"
#include "ecg_lora/nn/layers/rope.h"

namespace ecg_lora::nn {
namespace {

using Function = std::function<at::Tensor(const at::Tensor&, Implementation)>;

/// The value of f(x) and the gradient of x for a fixed random gradient of the value.
std::pair<at::Tensor, at::Tensor> both(const Function& f, const at::Tensor& x,
                                       Implementation implementation) {
  const auto leaf = x.detach().clone().set_requires_grad(true);
  const auto y = f(leaf, implementation);
  y.backward(at::randn(y.sizes(), at::make_generator<at::CPUGeneratorImpl>(5)));
  return {y.detach(), leaf.grad()};
}

void expect_equal(const Function& f, const at::Tensor& x, double tolerance = 2e-6) {
  const auto [y, grad] = both(f, x, Implementation::fused);
  const auto [plain_y, plain_grad] = both(f, x, Implementation::libtorch);
  EXPECT_LE((y - plain_y).norm().item<double>(), tolerance * plain_y.norm().item<double>());
  EXPECT_LE((grad - plain_grad).norm().item<double>(),
            tolerance * plain_grad.norm().item<double>());
}

TEST(Operations, RmsNorm) {
  RmsNorm norm(37, 1e-5, at::kFloat);
  at::NoGradGuard guard;
  norm->weight.copy_(at::randn({37}));
  at::AutoGradMode enable(true);
  for (const double size : {1e-4, 1.0, 1e4})
    expect_equal(
        [&](const at::Tensor& x, Implementation implementation) {
          norm->set_implementation(implementation);
          return norm(x);
        },
        at::randn({3, 5, 37}) * size);
}

TEST(Operations, RotationOfHeadsThatLieApart) {
  const auto rotation = make_rotation(rope_frequencies(10, 1e4, 1, 1, 4, 8192), 3, 7, at::kFloat);
  expect_equal(
      [&](const at::Tensor& x, Implementation implementation) {
        return rotate(x.view({2, 7, 3, 10}).transpose(1, 2), rotation, implementation);
      },
      at::randn({2, 7, 30}));
}

TEST(Operations, LinearWithAdapterAfterEachActivation) {
  at::NoGradGuard guard;
  for (const auto activation : {Activation::identity, Activation::gelu, Activation::swiglu})
    for (const bool adapted : {true, false}) {
      Linear linear(33, 21, true, at::kFloat);
      linear->weight.normal_(0, 0.2);
      linear->bias.normal_(0, 0.2);
      if (adapted)
        linear->set_adapter(
            {at::randn({4, 33}) * 0.2, at::randn({21, 4}) * 0.2, {}, {}, {}, 1.5, 0});
      at::AutoGradMode enable(true);
      const auto other = at::randn({2, 9, 33}) * 4;
      const auto run = [&](const at::Tensor& x, const at::Tensor& gate,
                           Implementation implementation) {
        linear->set_implementation(implementation);
        return linear->forward_activated(activation, x, gate);
      };
      expect_equal([&](const at::Tensor& x, Implementation how) { return run(x, other, how); },
                   at::randn({2, 9, 33}) * 4);
      if (activation == Activation::swiglu)
        expect_equal([&](const at::Tensor& x, Implementation how) { return run(other, x, how); },
                     at::randn({2, 9, 33}) * 4);
    }
}

/// Over many equal rows, each with its own dropout, the mean of values and gradients is what they
/// are without.
TEST(Operations, DropoutChangesNoMean) {
  Linear linear(33, 21, false, at::kFloat);
  at::NoGradGuard guard;
  linear->weight.normal_(0, 0.2);
  linear->set_adapter({at::randn({4, 33}), at::randn({21, 4}), {}, {}, {}, 1.5, 0.3});
  at::AutoGradMode enable(true);
  const auto row = at::randn({1, 33});
  const auto run = [&](const at::Tensor& x) {
    const auto y = linear(x);
    y.sum().backward();
    return y.detach().mean(0);
  };
  const auto dropped = row.repeat({20000, 1}).set_requires_grad(true),
             kept = row.clone().set_requires_grad(true);
  torch::manual_seed(3);
  const auto y = run(dropped);
  linear->eval();
  const auto expected = run(kept);
  EXPECT_LE((y - expected).norm().item<double>(), 0.02 * expected.norm().item<double>());
  EXPECT_LE((dropped.grad().mean(0, true) - kept.grad()).norm().item<double>(),
            0.02 * kept.grad().norm().item<double>());
  EXPECT_GT(dropped.grad().std(0).max().item<double>(), 0.01);
}

TEST(Operations, SwigluStaysFiniteAtTheEndsOfTheRange) {
  const auto gate = at::tensor({-1e30F, -200.0F, -88.0F, 0.0F, 88.0F, 200.0F, 1e30F}),
             up = at::ones({7});
  EXPECT_TRUE(at::allclose(activate(Activation::swiglu, up, gate), at::silu(gate), 1e-6, 1e-30));
  EXPECT_TRUE(
      activate_backward(Activation::swiglu, up, up, gate).second.isfinite().all().item<bool>());
}

}  // namespace
}  // namespace ecg_lora::nn
