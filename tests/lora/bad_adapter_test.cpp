// Adapters whose files hold what no program writes.
#include <limits>

#include "base/expect_error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/lora/peft_config.h"

namespace ecg_lora::lora {
namespace {

using testing::error_of, testing::has, testing::TemporaryFolder;

Json good() {
  return {{"peft_type", "LORA"}, {"r", 2}, {"lora_alpha", 4}, {"target_modules", Json::array({"q_proj"})}};
}

/// The message with which an adapter_config.json is refused in which `key` is `value`.
std::string refusal(const char* key, const Json& value) {
  const TemporaryFolder folder;
  auto json = good();
  json[key] = value;
  write_json(folder / "adapter_config.json", json);
  return error_of(ExitCode::checkpoint, [&] { load_peft_config(folder / ""); });
}

TEST(BadAdapter, FieldsOfOtherTypesAreRefused) {
  for (const auto& value : {Json::array({"LORA"}), Json(1), Json(nullptr), Json::object()})
    EXPECT_TRUE(has(refusal("peft_type", value), "peft_type"));
  for (const auto& value : {Json(2.5), Json(0), Json(-3), Json(1e300), Json("2"), Json(1LL << 40)})
    EXPECT_TRUE(has(refusal("r", value), " r "));
  for (const auto& value : {Json(1e308), Json(-1e308), Json("4"), Json::array()})
    EXPECT_TRUE(has(refusal("lora_alpha", value), "lora_alpha"));
  for (const auto& value : {Json(1.0), Json(-0.1), Json(1e308)})
    EXPECT_TRUE(has(refusal("lora_dropout", value), "lora_dropout"));
  for (const auto& value : {Json(1.5), Json(-1), Json(0), Json("2")})
    EXPECT_TRUE(has(refusal("rank_pattern", {{"q_proj", value}}), "rank_pattern"));
  EXPECT_TRUE(has(refusal("alpha_pattern", {{"q_proj", 1e308}}), "alpha_pattern"));
  EXPECT_TRUE(has(refusal("layers_to_transform", Json::array({0.5})), "layers_to_transform"));
}

/// What is said of an adapter of one linear whose lora_B is `b`.
std::string refusal_of(const at::Tensor& b) {
  const TemporaryFolder folder;
  write_json(folder / "adapter_config.json", good());
  const std::string module = "base_model.model.model.language_model.layers.0.self_attn.q_proj.";
  tensorio::write_safetensors(folder / "adapter_model.safetensors",
                              {{module + "lora_A.weight", at::zeros({2, 4})}, {module + "lora_B.weight", b}});
  return error_of(ExitCode::checkpoint, [&] { AdapterFile(folder / ""); });
}

TEST(BadAdapter, WeightsAreFiniteFloatingPointNumbers) {
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    EXPECT_TRUE(has(refusal_of(at::full({4, 2}, value)), "q_proj.lora_B.weight with a value that is not finite"));
  EXPECT_TRUE(has(refusal_of(at::zeros({4, 2}, at::kInt)), "expected floating-point weights"));
}

}  // namespace
}  // namespace ecg_lora::lora
