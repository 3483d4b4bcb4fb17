// Planned memory against what steps really take, and the 11B shape.
#include <gtest/gtest.h>

#include "measured_step.h"
#include "model/shapes.h"
#include "shapes.h"

namespace ecg_lora::plan {
namespace {

struct Case {
  const char* name;
  const char* size;
  at::ScalarType dtype = at::kFloat;
  bool checkpointing = false;
  BatchShape batch{8, 96, 4, 16};
  nn::Quantisation base = nn::Quantisation::none;
  bool vision = true;
  double dropout = 0;
  bool dora = false;
};

TrainingInput input_of(const Case& c) {
  TrainingInput input;
  input.model = testing::config_of(c.size);
  input.dtype = c.dtype;
  input.base.kind = c.base;
  input.batch = c.batch;
  input.loop.activation_checkpointing = c.checkpointing ? "all" : "none";
  input.lora.dropout = c.dropout;
  input.lora.dora = c.dora;
  if (!c.vision) input.lora.vision.clear();
  return input;
}

class Planned : public ::testing::TestWithParam<Case> {};

TEST_P(Planned, IsWithinTenPercentOfTheMeasuredPeak) {
  const auto input = input_of(GetParam());
  const auto plan = plan_training(input);
  const auto measured = testing::measure(input);
  EXPECT_NEAR(static_cast<double>(plan.total()) / static_cast<double>(measured.peak), 1, 0.1)
      << "planned " << plan.total() << ", measured " << measured.peak << "; activations "
      << plan.activations << ", workspace " << plan.workspace << ", " << plan.peak_at;
  EXPECT_NEAR(static_cast<double>(plan.weights.total() + plan.adapters),
              static_cast<double>(measured.before), 0.001 * static_cast<double>(measured.before));
  if (GetParam().checkpointing) return;
  std::int64_t kept = 0;
  for (const auto& layer : plan.layers) kept += layer.count * layer.kept;
  EXPECT_NEAR(static_cast<double>(kept) / static_cast<double>(measured.kept), 1, 0.03);
}

constexpr BatchShape kSmall{4, 64, 2, 8};
constexpr BatchShape kPadded{8, 160, 4, 16, 0, 8 * 90};
constexpr BatchShape kMasked{8, 96, 4, 16, 0, 0, true};

INSTANTIATE_TEST_SUITE_P(
    Sizes, Planned,
    ::testing::Values(
        Case{"tiny", "tiny"}, Case{"tiny_checkpointing", "tiny", at::kFloat, true},
        Case{"tiny_bf16", "tiny", at::kBFloat16},
        Case{"tiny_bf16_checkpointing", "tiny", at::kBFloat16, true},
        Case{"tiny_padded", "tiny", at::kFloat, false, kPadded},
        Case{"tiny_masked", "tiny", at::kFloat, false, kMasked},
        Case{"tiny_masked_bf16_checkpointing", "tiny", at::kBFloat16, true, kMasked},
        Case{"tiny_one_row", "tiny", at::kFloat, false, {1, 200, 1, 4}},
        Case{"tiny_nf4", "tiny", at::kBFloat16, false, {8, 96, 4, 16}, nn::Quantisation::nf4},
        Case{"tiny_text_only",
             "tiny",
             at::kFloat,
             false,
             {16, 64, 2, 32},
             nn::Quantisation::none,
             false},
        Case{"tiny_dropout", "tiny", at::kFloat, false, kSmall, nn::Quantisation::none, true, 0.1},
        Case{"tiny_dora", "tiny", at::kFloat, false, kSmall, nn::Quantisation::none, true, 0, true},
        Case{"m40", "40m", at::kFloat, false, kSmall},
        Case{"m40_bf16_checkpointing", "40m", at::kBFloat16, true, kSmall},
        Case{"m40_int8_checkpointing", "40m", at::kFloat, true, kSmall, nn::Quantisation::int8}),
    [](const auto& tested) { return std::string(tested.param.name); });

/// 10.67e9 parameters, of which 9.5e9 stand in linears that are quantised.
TEST(ElevenBillion, FitsInEightGigabytesInNf4) {
  const auto bytes = model::weight_bytes(model::testing::eleven_billion(),
                                         {nn::Quantisation::nf4, {}}, at::kBFloat16);
  EXPECT_LT(bytes.total(), 8000000000);
  EXPECT_EQ(bytes.total(), bytes.quantised + bytes.dense);
  const auto dense = model::weight_bytes(model::testing::eleven_billion(), {}, at::kBFloat16);
  EXPECT_EQ(dense.quantised, 0);
  EXPECT_NEAR(static_cast<double>(dense.total()), 21.34e9, 0.02e9);
  EXPECT_NEAR(
      static_cast<double>(bytes.quantised) * 16 / static_cast<double>(dense.total() - bytes.dense),
      4.127, 0.001);
}

}  // namespace
}  // namespace ecg_lora::plan
