// Weights that are finite, and states that are not.
#include "base/expect_error.h"
#include "continuations.h"
#include "ecg_lora/inference/decoding/decode.h"
#include "ecg_lora/inference/reference/reference_pass.h"
#include "ecg_lora/model/mllama/mllama.h"

namespace ecg_lora {
namespace {

using testing::error_of, testing::has;

const std::filesystem::path kGoldenPage = "tests/parity/golden/one_image";

/// The golden model, in which one weight is so large that what it computes overflows.
model::Mllama with_large(const std::string& weight) {
  auto model = model::load_model(kGoldenPage / "model", at::kCPU, at::kFloat);
  model->eval();
  const at::NoGradGuard guard;
  model->named_parameters()[weight].fill_(3e38);
  return model;
}

TEST(NotFinite, LogitsNameTheFirstLayer) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"language_model.model.layers.1.mlp.up_proj.weight", "is language_model.model.layers.1;"},
      {"vision_model.transformer.layers.0.mlp.fc1.weight", "is vision_model.transformer.layers.0;"},
      {"multi_modal_projector.weight", "is multi_modal_projector;"},
      {"language_model.lm_head.weight", "is language_model.lm_head;"}};
  for (const auto& [weight, named] : cases) {
    SCOPED_TRACE(weight);
    auto model = with_large(weight);
    const auto batch =
        inference::read_batch((kGoldenPage / "in.safetensors").string(), model->config());
    decoding::DecodeOptions options;
    options.max_new_tokens = 2;
    EXPECT_TRUE(
        has(error_of(ExitCode::numerics, [&] { decoding::decode(model, batch, options); }), named));
    const std::vector<std::vector<std::vector<std::int64_t>>> asked(3, {{1}, {2}});
    EXPECT_TRUE(has(error_of(ExitCode::numerics,
                             [&] {
                               decoding::log_likelihoods(model, batch, model->encode_images(batch),
                                                         asked);
                             }),
                    named));
    EXPECT_TRUE(has(
        error_of(ExitCode::numerics, [&] { inference::forward_backward(model, batch); }), named));
  }
}

}  // namespace
}  // namespace ecg_lora
