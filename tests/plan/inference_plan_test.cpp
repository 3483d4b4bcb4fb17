// Planned memory of answering against what it really takes.
#include "ecg_lora/plan/inference/inference_plan.h"

#include <gtest/gtest.h>

#include "ecg_lora/inference/decoding/decode.h"
#include "ecg_lora/inference/decoding/likelihood.h"
#include "measured_step.h"
#include "model/shapes.h"
#include "shapes.h"

namespace ecg_lora::plan {
namespace {

struct AskedCase {
  const char* name;
  const char* size;
  at::ScalarType dtype = at::kFloat;
  nn::Quantisation base = nn::Quantisation::none;
  Prompts prompts{2, 8, 64, 0};
};

InferenceInput input_of(const AskedCase& c) {
  InferenceInput input;
  input.model = testing::config_of(c.size);
  input.dtype = c.dtype;
  input.base.kind = c.base;
  input.prompts = c.prompts;
  return input;
}

model::Mllama random_model(const InferenceInput& input) {
  model::Mllama model(input.model, at::TensorOptions().dtype(input.dtype));
  const at::NoGradGuard guard;
  for (auto& parameter : model->parameters()) parameter.normal_(0, 0.02);
  if (input.base.kind == nn::Quantisation::none) return model;
  const auto modules = model->named_modules();
  for (const auto& name : model::quantised_linears(input.model, input.base)) {
    auto* linear = modules[name]->as<nn::Linear>();
    linear->pack(std::make_shared<nn::QuantisedImpl>(input.base.kind, linear->weight.clone(),
                                                     linear->weight.device()));
  }
  model->set_quantisation(input.base);
  return model;
}

/// Answers one batch; the most bytes of tensors.
std::int64_t measured_peak(const InferenceInput& input) {
  train::TensorMemory memory(at::kCPU);
  const auto start = memory.now();
  auto model = random_model(input);
  model->eval();
  const auto& prompts = input.prompts;
  BatchShape shape{prompts.rows, prompts.tokens, prompts.images, prompts.rows};
  const auto batch = testing::make_batch(input.model, shape);
  memory.reset_peak();
  if (prompts.max_new_tokens > 0) {
    decoding::DecodeOptions options;
    options.max_new_tokens = static_cast<int>(prompts.max_new_tokens);
    decoding::decode(model, batch, options);
  } else {
    decoding::yes_probabilities(model, batch, {{{5}, {6, 7}}, {{8}, {9, 10}}});
  }
  return memory.peak() - start;
}

class Answering : public ::testing::TestWithParam<AskedCase> {};

TEST_P(Answering, IsPlannedWithinTenPercentOfTheMeasuredPeak) {
  const auto input = input_of(GetParam());
  const auto plan = plan_inference(input);
  const auto peak = measured_peak(input);
  EXPECT_NEAR(static_cast<double>(plan.total()) / static_cast<double>(peak), 1, 0.1)
      << "planned " << plan.total() << ", measured " << peak << "; weights " << plan.weights.total()
      << ", batch " << plan.batch << ", states " << plan.states << ", caches " << plan.caches
      << ", workspace " << plan.workspace << ", " << plan.peak_at;
}

constexpr Prompts kWords{1, 4, 48, 32}, kOnePage{1, 5, 48, 0}, kManyPages{8, 40, 64, 0};
constexpr auto kDense = nn::Quantisation::none, kNf4 = nn::Quantisation::nf4;

INSTANTIATE_TEST_SUITE_P(
    Sizes, Answering,
    ::testing::Values(AskedCase{"tiny", "tiny"}, AskedCase{"tiny_bf16", "tiny", at::kBFloat16},
                      AskedCase{"tiny_words", "tiny", at::kFloat, kDense, kWords},
                      AskedCase{"tiny_nf4", "tiny", at::kBFloat16, kNf4, kOnePage},
                      AskedCase{"tiny_pages", "tiny", at::kFloat, kDense, kManyPages},
                      AskedCase{"m40", "40m"}, AskedCase{"m40_bf16", "40m", at::kBFloat16},
                      AskedCase{"m40_words", "40m", at::kBFloat16, kDense, kWords},
                      AskedCase{"m40_nf4", "40m", at::kFloat, kNf4, kOnePage},
                      AskedCase{"m40_pages", "40m", at::kFloat, kDense, kManyPages}),
    [](const auto& tested) { return std::string(tested.param.name); });

/// What `predict` needs of the 11B shape: its weights, and less than a tenth more.
TEST(ElevenBillionAnswering, NeedsLittleMoreThanItsWeights) {
  InferenceInput input;
  input.model = model::testing::eleven_billion();
  input.dtype = at::kBFloat16;
  input.prompts = {1, 2, 64, 128};
  const auto plan = plan_inference(input);
  EXPECT_GT(plan.total(), plan.weights.total());
  EXPECT_LT(static_cast<double>(plan.total()), 1.1 * static_cast<double>(plan.weights.total()));
}

}  // namespace
}  // namespace ecg_lora::plan
