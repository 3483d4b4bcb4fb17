// What a run leaves at its end, read back.
#include "ecg_lora/export/trained_result.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/lora/adapter_file.h"

namespace ecg_lora::exports {
namespace {

const std::string kGoldenBase = "tests/parity/golden/one_image/model";

cost::CostRecord cost_of_four_steps() {
  cost::CostRecord record;
  record.parts.emplace_back().steps = 4;
  return record;
}

/// An adapter of rank 2 that changes what the model computes.
model::Mllama model_with_adapter(const lora::LoraSpec& spec) {
  auto model = model::load_model(kGoldenBase, at::kCPU, at::kFloat);
  lora::inject(model, spec, 1);
  const at::NoGradGuard guard;
  for (auto& [name, tensor] : lora::trainable_parameters(model))
    tensor.copy_(at::linspace(-0.3, 0.4, tensor.numel()).view(tensor.sizes()));
  return model;
}

TEST(TrainedResult, OfLoraIsAnAdapterWithCardAndCost) {
  const ecg_lora::testing::TemporaryFolder folder;
  lora::LoraSpec spec;
  spec.rank = 2;
  const auto model = model_with_adapter(spec);
  const ExportOptions options{folder / "run", kGoldenBase, spec, at::kBFloat16};
  std::filesystem::create_directories(folder / "run/adapter");
  write_file(folder / "run/adapter/of_an_earlier_end", "");
  const auto out = write_trained(model, options, cost_of_four_steps());
  EXPECT_EQ(out, (folder / "run/adapter").string());
  EXPECT_FALSE(std::filesystem::exists(folder / "run/adapter/of_an_earlier_end"));
  EXPECT_EQ(cost::total(cost::read_cost_record(folder / "run/adapter/cost.json")).steps, 4);
  const auto card = read_file(folder / "run/adapter/README.md");
  EXPECT_TRUE(ecg_lora::testing::has(card, cat("- adapter `", out, "`: rank 2")));
  EXPECT_TRUE(ecg_lora::testing::has(card, "## Cost of training"));

  auto again = model::load_model(kGoldenBase, at::kCPU, at::kFloat);
  lora::load_adapter(again, out);
  const auto written = lora::adapter_tensors(again), trained = lora::adapter_tensors(model);
  ASSERT_EQ(written.size(), trained.size());
  for (std::size_t i = 0; i < written.size(); ++i) {
    EXPECT_EQ(written[i].first, trained[i].first);
    EXPECT_TRUE(at::equal(written[i].second, trained[i].second)) << "fp32, whatever the dtype";
  }
}

TEST(TrainedResult, OfFullTrainingIsAModelInTheDtypeThatIsAsked) {
  const ecg_lora::testing::TemporaryFolder folder;
  auto model = model::load_model(kGoldenBase, at::kCPU, at::kFloat);
  lora::train_everything(model);
  const auto changed = lora::trainable_parameters(model).front();
  {
    const at::NoGradGuard guard;
    changed.second.detach().copy_(
        at::linspace(-1, 1, changed.second.numel()).view(changed.second.sizes()));
  }
  std::filesystem::create_directories(folder / "run");
  const auto out = write_trained(model, {folder / "run", kGoldenBase, std::nullopt, at::kBFloat16},
                                 cost_of_four_steps());
  EXPECT_EQ(out, (folder / "run/model").string());
  EXPECT_TRUE(std::filesystem::exists(folder / "run/model/cost.json"));
  auto again = model::load_model(out, at::kCPU, at::kFloat);
  const auto written = again->named_parameters()[changed.first];
  EXPECT_TRUE(
      at::equal(written.detach(), changed.second.detach().to(at::kBFloat16).to(at::kFloat)));
  EXPECT_FALSE(at::equal(written.detach(), changed.second.detach())) << "it was not rounded";
}

TEST(TrainedResult, IsWrittenWholeOrNotAtAll) {
  const ecg_lora::testing::TemporaryFolder folder;
  lora::LoraSpec spec;
  spec.rank = 2;
  const auto model = model_with_adapter(spec);
  std::filesystem::create_directories(folder / "run");
  const ExportOptions options{folder / "run", (folder / "no_base").string(), spec, at::kBFloat16};
  EXPECT_ANY_THROW(write_trained(model, options, cost_of_four_steps()));
  EXPECT_TRUE(std::filesystem::is_empty(folder / "run"));
}

}  // namespace
}  // namespace ecg_lora::exports
