// A quantised base against a model whose dense weights are what its codes stand for: logits, loss
// and gradients of the adapter.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/expect_error.h"
#include "ecg_lora/inference/reference/reference_pass.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/shape/table.h"

namespace ecg_lora {
namespace {

using nn::Quantisation;
using testing::error_of, testing::has;

const std::filesystem::path kGolden = "tests/parity/golden/one_image";

model::Mllama quantised(Quantisation kind, std::vector<std::string> keep_dense = {}) {
  return model::load_model(kGolden / "model", at::kCPU, at::kFloat, {kind, std::move(keep_dense)});
}

std::size_t quantised_count(const model::Mllama& model) {
  std::size_t count = 0;
  for (const auto& item : model->named_modules())
    if (auto* linear = item.value()->as<nn::Linear>()) count += linear->is_packed();
  return count;
}

/// Copies the dense weights of `from`.
void copy_dense(const model::Mllama& from, model::Mllama& to) {
  const at::NoGradGuard guard;
  const auto modules = to->named_modules();
  for (const auto& item : from->named_modules())
    if (auto* linear = item.value()->as<nn::Linear>(); linear && linear->is_packed())
      modules[item.key()]->as<nn::Linear>()->weight.copy_(linear->dense_weight(at::kFloat));
}

class QuantisedModel : public ::testing::TestWithParam<Quantisation> {};

TEST_P(QuantisedModel, EqualsItsDequantisedWeights) {
  auto ours = quantised(GetParam());
  auto dense = model::load_model(kGolden / "model", at::kCPU, at::kFloat);
  copy_dense(ours, dense);
  lora::load_adapter(ours, kGolden / "adapter");
  lora::load_adapter(dense, kGolden / "adapter");
  const auto batch = inference::read_batch(kGolden / "in.safetensors", dense->config());
  const auto found = inference::forward_backward(ours, batch),
             expected = inference::forward_backward(dense, batch);
  const tensorio::SafetensorsFile original(kGolden / "expected.safetensors");
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double norm = expected[i].second.norm().item<double>();
    EXPECT_LE((found[i].second - expected[i].second).norm().item<double>(),
              1e-5 * norm + (norm == 0 ? 1e-12 : 0))
        << found[i].first;
  }
  EXPECT_GT((found[0].second - original.tensor("logits")).norm().item<double>(),
            1e-4 * found[0].second.norm().item<double>())
      << "nothing was quantised";
}

TEST_P(QuantisedModel, QuantisesLinearsOnly) {
  const auto model = quantised(GetParam());
  std::size_t linears = 0;
  for (const auto& spec : model::tensor_table(model->config()))
    linears += model::is_linear_weight(spec);
  EXPECT_EQ(quantised_count(model), linears);
  std::int64_t bytes = 0;
  for (const auto& item : model->named_parameters())
    bytes += item.value().is_non_overlapping_and_dense()
                 ? static_cast<std::int64_t>(item.value().nbytes())
                 : 0;
  const auto expected = model::weight_bytes(model->config(), model->quantisation(), at::kFloat);
  EXPECT_EQ(bytes, expected.dense);
  bytes = 0;
  for (const auto& item : model->named_buffers())
    bytes += static_cast<std::int64_t>(item.value().nbytes());
  EXPECT_EQ(bytes, expected.quantised);
}

INSTANTIATE_TEST_SUITE_P(Kinds, QuantisedModel,
                         ::testing::Values(Quantisation::nf4, Quantisation::int8),
                         [](const auto& kind) { return model::to_string(kind.param); });

TEST(KeepDense, NamesLinearsByGlob) {
  const auto all = quantised_count(quantised(Quantisation::nf4)),
             text = quantised_count(
                 quantised(Quantisation::nf4, {"vision_model.*", "multi_modal_projector"}));
  EXPECT_LT(text, all - 1);
  EXPECT_GT(text, 0u);
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [] { quantised(Quantisation::nf4, {"vision_modle.*"}); }),
          "vision_modle.*"));
}

TEST(QuantisedBase, RefusesWhatNeedsItsOwnWeights) {
  auto model = quantised(Quantisation::nf4);
  lora::LoraSpec spec;
  spec.rank = 2;
  for (const std::string init : {"pissa", "olora"}) {
    spec.init = init;
    EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { lora::inject(model, spec, 1); }), init));
  }
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { lora::train_everything(model); }), "nf4"));
}

}  // namespace
}  // namespace ecg_lora
