// Committed models and what transformers and peft computed for them (make_goldens.py). Needs no
// Python.
#include <gtest/gtest.h>

#include <filesystem>

#include "ecg_lora/inference/reference/reference_pass.h"
#include "ecg_lora/lora/lora.h"

namespace ecg_lora {
namespace {

const std::filesystem::path kGoldens = "tests/parity/golden";

double largest(const at::Tensor& t) {
  return t.abs().max().item<double>();
}

class Golden : public ::testing::TestWithParam<const char*> {};

TEST_P(Golden, LogitsLossAndGradientsEqualTheReference) {
  const auto folder = kGoldens / GetParam();
  auto model = model::load_model(folder / "model", at::kCPU, at::kFloat);
  lora::load_adapter(model, folder / "adapter");
  model->eval();
  const auto batch = inference::read_batch(folder / "in.safetensors", model->config());
  const tensorio::SafetensorsFile expected(folder / "expected.safetensors");

  std::size_t gradients = 0;
  for (const auto& [name, ours] : inference::forward_backward(model, batch)) {
    SCOPED_TRACE(name);
    const auto theirs = expected.tensor(name);
    if (name == "logits") {
      const auto real = batch.attention_mask.to(at::kBool);
      EXPECT_LE(largest(ours.index({real}) - theirs.index({real})) / largest(theirs.index({real})),
                1e-5);
    } else if (name == "loss") {
      EXPECT_LE(largest(ours - theirs) / largest(theirs), 1e-6);
    } else {
      ++gradients;
      const double norm = theirs.norm().item<double>();
      EXPECT_LE((ours - theirs).norm().item<double>(), 1e-4 * norm + (norm == 0 ? 1e-12 : 0));
    }
  }
  EXPECT_EQ(gradients, expected.tensors().size() - 2);
}

INSTANTIATE_TEST_SUITE_P(Parity, Golden, ::testing::Values("text_only", "one_image", "two_images"),
                         [](const auto& golden) { return std::string(golden.param); });

}  // namespace
}  // namespace ecg_lora
