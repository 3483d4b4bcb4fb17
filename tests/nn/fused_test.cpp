// Fused layers give the values and gradients of the plain ones, up to rounding.
#include <gtest/gtest.h>

#include <cmath>

#include "small_model.h"

namespace ecg_lora {
namespace {

double length(const at::Tensor& x) {
  return x.to(at::kDouble).norm().item<double>();
}

/// Norm of the difference over the norm, of the loss and of all gradients together.
std::pair<double, double> difference(const std::map<std::string, at::Tensor>& a,
                                     const std::map<std::string, at::Tensor>& b) {
  double apart = 0, whole = 0;
  for (const auto& [name, value] : b) {
    if (name == "loss") continue;
    apart += std::pow(length(a.at(name) - value), 2);
    whole += std::pow(length(value), 2);
  }
  return {length(a.at("loss") - b.at("loss")) / length(b.at("loss")), std::sqrt(apart / whole)};
}

class FusedLayers : public ::testing::TestWithParam<const char*> {};

TEST_P(FusedLayers, LossAndGradientsAreThePlainLayers) {
  testing::SmallModel small(GetParam());
  const auto fused = small.gradients();
  small.model->set_implementation(nn::Implementation::libtorch);
  const auto [loss, gradients] = difference(fused, small.gradients());
  EXPECT_LE(loss, 1e-6);
  EXPECT_LE(gradients, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Goldens, FusedLayers,
                         ::testing::Values("text_only", "one_image", "two_images"),
                         [](const auto& golden) { return std::string(golden.param); });

/// Other adapters of the same model.
void redraw(testing::SmallModel& small, std::uint64_t seed) {
  torch::manual_seed(seed);
  const at::NoGradGuard guard;
  for (auto& [name, tensor] : lora::adapter_tensors(small.model))
    at::Tensor(tensor).copy_(0.2 * at::randn(tensor.sizes()));
}

/// In bf16 both round, in different places: against the plain layers in fp32 fused ones are no
/// further off in the mean.
TEST(Fused, IsNoWorseInBf16) {
  double fused = 0, plain = 0;
  for (const char* golden : {"text_only", "one_image", "two_images"})
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      testing::SmallModel wide(golden), narrow(golden, at::kBFloat16);
      redraw(wide, seed), redraw(narrow, seed);
      const auto ours = narrow.gradients();
      for (auto* small : {&wide, &narrow})
        small->model->set_implementation(nn::Implementation::libtorch);
      const auto exact = wide.gradients();
      fused += difference(ours, exact).second / 24,
          plain += difference(narrow.gradients(), exact).second / 24;
    }
  EXPECT_LE(fused, 1.25 * plain) << fused << " and " << plain;
  RecordProperty("ratio", std::to_string(fused / plain));
}

TEST(Fused, IsAnOptionOfOneModel) {
  testing::SmallModel one("one_image"), other("one_image");
  const auto alone = one.gradients();
  other.model->set_implementation(nn::Implementation::libtorch);
  const auto plain = other.gradients();
  bool differ = false;
  for (const auto& [name, value] : one.gradients()) {
    EXPECT_TRUE(at::equal(value, alone.at(name))) << name;
    differ |= !at::equal(value, plain.at(name));
  }
  EXPECT_TRUE(differ) << "the option changes nothing";
}

/// Columns of padding before and behind all rows. Positions count them, but only distances between
/// tokens matter.
data::Batch padded(data::Batch batch, std::int64_t before, std::int64_t behind) {
  batch.tokens = at::constant_pad_nd(batch.tokens, {before, behind}, 0);
  batch.attention_mask = at::constant_pad_nd(batch.attention_mask, {before, behind}, 0);
  batch.labels = at::constant_pad_nd(batch.labels, {before, behind}, -100);
  if (batch.cross_mask.defined())
    batch.cross_mask = at::constant_pad_nd(batch.cross_mask, {0, 0, 0, 0, before, behind}, 0);
  return batch;
}

TEST_P(FusedLayers, PaddingIsLeftOut) {
  testing::SmallModel small(GetParam());
  const auto batch = small.batch;
  const auto expected = small.gradients();
  for (const auto& [before, behind] : {std::pair{0, 5}, {3, 0}, {2, 4}}) {
    small.batch = padded(batch, before, behind);
    const auto [loss, gradients] = difference(small.gradients(), expected);
    EXPECT_LE(loss, 1e-6);
    EXPECT_LE(gradients, 1e-5);
  }
}

TEST(BatchLoss, IsTheLossOverAllPositions) {
  testing::SmallModel small("two_images");
  const at::NoGradGuard guard;
  const auto all =
      train::answer_loss(small.model, small.batch,
                         small.model->hidden(small.batch, small.model->encode_images(small.batch)));
  const auto labelled = train::batch_loss(small.model, small.batch);
  EXPECT_EQ(all.tokens, labelled.tokens);
  EXPECT_NEAR(all.sum.item<double>(), labelled.sum.item<double>(), 1e-6 * all.sum.item<double>());
}

}  // namespace
}  // namespace ecg_lora
