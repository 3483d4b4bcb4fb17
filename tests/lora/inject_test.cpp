// How the factors of new adapters start.
#include <cmath>

#include "ecg_lora/lora/lora.h"

#include <gtest/gtest.h>

#include "model/shapes.h"

namespace ecg_lora::lora {
namespace {

constexpr std::int64_t kRank = 4;
constexpr double kDeviation = 1.0 / kRank;  // of PEFT's Gaussian start

/// The values of every A of a small model, each times the root of its width if `by_width`. Every B
/// must be zero.
at::Tensor first_a(const std::string& init, bool by_width = false) {
  model::Mllama model(model::testing::small_shape(), at::TensorOptions().dtype(at::kFloat));
  LoraSpec spec;
  spec.rank = kRank;
  spec.init = init;
  inject(model, spec, 1);
  std::vector<at::Tensor> parts;
  for (const auto& item : model->named_modules()) {
    const auto* linear = item.value()->as<nn::Linear>();
    if (!linear || !linear->has_adapter()) continue;
    const auto adapter = linear->adapter();
    EXPECT_FALSE(adapter.b.any().item<bool>()) << item.key();
    const auto width = static_cast<double>(adapter.a.size(1));
    parts.push_back(adapter.a.detach().flatten() * (by_width ? std::sqrt(width) : 1));
  }
  return at::cat(parts);
}

TEST(Inject, KaimingIsUniformBelowOneOverTheRootOfTheWidth) {
  const auto a = first_a("kaiming", true);
  EXPECT_LE(a.abs().max().item<double>(), 1 + 1e-6);
  EXPECT_NEAR(a.std().item<double>(), 1 / std::sqrt(3.0), 0.05 / std::sqrt(3.0));
}

TEST(Inject, GaussianIsNormalWithDeviationOneOverTheRank) {
  const auto a = first_a("gaussian");
  EXPECT_NEAR(a.std().item<double>(), kDeviation, 0.05 * kDeviation);
  EXPECT_NEAR(a.mean().item<double>(), 0, 0.05 * kDeviation);
  EXPECT_GT(a.abs().max().item<double>(), 2.5 * kDeviation);
}

}  // namespace
}  // namespace ecg_lora::lora
