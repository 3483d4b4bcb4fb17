// Trained tensors written into checkpoints and read back into the same parameters.
#include "ecg_lora/train/loop/storage.h"

#include <torch/torch.h>

#include "base/expect_error.h"
#include "ecg_lora/tensorio/safetensors.h"
#include "model/shapes.h"

namespace ecg_lora::train {
namespace {

using Parameters = std::vector<std::pair<std::string, at::Tensor>>;

model::Mllama adapted_model(std::int64_t rank, std::uint64_t seed) {
  torch::manual_seed(seed);
  model::Mllama model(model::testing::small_shape());
  {
    const at::NoGradGuard guard;
    for (auto& parameter : model->parameters()) parameter.normal_(0, 0.2);
  }
  lora::LoraSpec spec;
  spec.rank = rank;
  lora::inject(model, spec, seed);
  return model;
}

lora::LoraSpec spec_of_rank(std::int64_t rank) {
  lora::LoraSpec spec;
  spec.rank = rank;
  return spec;
}

/// Values of the trainable parameters, which are then set to 7.
Parameters overwritten(const model::Mllama& model) {
  const at::NoGradGuard guard;
  Parameters before;
  for (auto& [name, tensor] : lora::trainable_parameters(model)) {
    before.emplace_back(name, tensor.detach().clone());
    tensor.fill_(7);
  }
  return before;
}

/// Holds `model` to be `before`, in the very tensors `held`.
void expect_restored(const model::Mllama& model, const Parameters& before, const Parameters& held) {
  const auto now = lora::trainable_parameters(model);
  ASSERT_EQ(now.size(), before.size());
  ASSERT_FALSE(now.empty());
  for (std::size_t i = 0; i < now.size(); ++i) {
    EXPECT_TRUE(at::equal(now[i].second.detach(), before[i].second)) << now[i].first;
    EXPECT_TRUE(now[i].second.is_same(held[i].second)) << now[i].first;
    EXPECT_TRUE(now[i].second.requires_grad()) << now[i].first;
  }
}

TEST(Storage, AnAdapterComesBackIntoTheSameParameters) {
  const ecg_lora::testing::TemporaryFolder folder;
  auto model = adapted_model(2, 1);
  {
    const at::NoGradGuard guard;  // B begins at zero
    for (auto& [name, tensor] : lora::trainable_parameters(model)) tensor.normal_(0, 1);
  }
  const auto storage = adapter_storage(model, spec_of_rank(2), "base");
  storage.save(folder / "step-1");
  EXPECT_TRUE(std::filesystem::exists(folder / "step-1/adapter_config.json"));
  const auto held = lora::trainable_parameters(model);
  const auto before = overwritten(model);
  storage.load(folder / "step-1");
  expect_restored(model, before, held);
}

TEST(Storage, AnAdapterOfAnotherRankIsRefused) {
  const ecg_lora::testing::TemporaryFolder folder;
  adapter_storage(adapted_model(2, 1), spec_of_rank(2), "base").save(folder / "step-1");
  const auto other = adapter_storage(adapted_model(4, 1), spec_of_rank(4), "base");
  ecg_lora::testing::error_of(ExitCode::checkpoint, [&] { other.load(folder / "step-1"); });
}

TEST(Storage, AllParametersComeBackInTheirDtype) {
  const ecg_lora::testing::TemporaryFolder folder;
  torch::manual_seed(3);
  model::Mllama model(model::testing::small_shape(), at::TensorOptions().dtype(at::kBFloat16));
  {
    const at::NoGradGuard guard;
    for (auto& parameter : model->parameters()) parameter.normal_(0, 0.2);
  }
  lora::train_everything(model);
  const auto storage = parameter_storage(model);
  std::filesystem::create_directories(folder / "step-1");
  storage.save(folder / "step-1");
  const tensorio::SafetensorsFile file(folder / "step-1/model.safetensors");
  EXPECT_EQ(file.tensors().size(), lora::trainable_parameters(model).size());
  EXPECT_EQ(file.tensor(lora::trainable_parameters(model).front().first).scalar_type(),
            at::kBFloat16);
  const auto held = lora::trainable_parameters(model);
  const auto before = overwritten(model);
  storage.load(folder / "step-1");
  expect_restored(model, before, held);
}

TEST(Storage, AFileThatLacksAParameterIsRefused) {
  const ecg_lora::testing::TemporaryFolder folder;
  auto model = adapted_model(2, 1);
  const auto trained = lora::trainable_parameters(model);
  std::filesystem::create_directories(folder / "step-1");
  tensorio::write_safetensors(folder / "step-1/model.safetensors",
                              {{trained.front().first, trained.front().second.detach()}});
  ecg_lora::testing::error_of(ExitCode::checkpoint,
                              [&] { parameter_storage(model).load(folder / "step-1"); });
}

}  // namespace
}  // namespace ecg_lora::train
