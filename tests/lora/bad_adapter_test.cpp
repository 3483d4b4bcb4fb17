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
  return {{"peft_type", "LORA"},
          {"r", 2},
          {"lora_alpha", 4},
          {"target_modules", Json::array({"q_proj"})}};
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
  tensorio::write_safetensors(
      folder / "adapter_model.safetensors",
      {{module + "lora_A.weight", at::zeros({2, 4})}, {module + "lora_B.weight", b}});
  return error_of(ExitCode::checkpoint, [&] { AdapterFile(folder / ""); });
}

TEST(BadAdapter, WeightsAreFiniteFloatingPointNumbers) {
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    EXPECT_TRUE(has(refusal_of(at::full({4, 2}, value)),
                    "q_proj.lora_B.weight with a value that is not finite"));
  EXPECT_TRUE(has(refusal_of(at::zeros({4, 2}, at::kInt)), "expected floating-point weights"));
}

/// Whether an expression for target_modules, of which a message is expected if it is refused,
/// matches `module`.
bool targets(const std::string& expression, const std::string& module) {
  PeftConfig config;
  config.target_modules.regex = expression;
  return config.targets(module);
}

#ifdef ECG_LORA_PCRE2

TEST(BadAdapter, ExpressionsNeitherHangNorCrash) {
  EXPECT_FALSE(targets("([a-z_0-9.]+)+!", std::string(4000, 'a')));
  for (const char* expression : {"(a|aa)+b?c?", "((a|)*)*b?c?", "(?:(a+)+){20}[bc]?"})
    EXPECT_TRUE(has(
        error_of(ExitCode::checkpoint, [&] { targets(expression, std::string(4000, 'a') + "d"); }),
        "cannot be matched"))
        << expression;
  for (const auto& expression :
       {std::string(200000, '('), std::string(5000, '('), std::string("(a"), std::string("[a"),
        std::string("(((){1000}){1000}){1000}"), std::string("((a{1000}){1000}){1000}"),
        std::string("a{70000}"), std::string("(?<=a+)b"), std::string("*a"),
        "(?:" + std::string(150, '(') + std::string(150, ')') + ")"})
    EXPECT_TRUE(
        has(error_of(ExitCode::checkpoint, [&] { targets(expression, "a"); }), "the expression"));
  for (const std::string part : {"\\A", "\\Z"})
    EXPECT_TRUE(has(error_of(ExitCode::checkpoint, [&] { targets("q" + part, "q"); }),
                    part + ", Python syntax"));
  EXPECT_TRUE(has(error_of(ExitCode::checkpoint, [] { targets(".*", std::string(1 << 20, 'a')); }),
                  "name of"));
  EXPECT_TRUE(
      has(error_of(ExitCode::checkpoint, [] { parse_adapter_name(std::string(1 << 20, 'a')); }),
          "name of"));
}

TEST(BadAdapter, ExpressionsMatchAsPythonHasThem) {
  const std::string q = "model.language_model.layers.11.self_attn.q_proj";
  for (const std::string yes :
       {".*\\.(q|v)_proj", "^model\\..*?layers\\.\\d{1,2}\\.[^.]+\\.\\w+$",
        "(?:x|model).*q_pro[i-k]",
        "(?:.*?(?:vision|language).*?(?:self_attn|mlp).*?(?:q_proj|k_proj).*?)|"
        "(?:\\bmodel\\.layers\\.[\\d]{1,}\\.(?:self_attn)\\.(?:(?:q_proj)))",
        ".*\\blayers\\b.*", "\\bmodel.*proj\\b", ".*self\\B_attn.*",
        "^(?!.*vision).*\\.(?:q|k)_proj$", "^(model)(?!.*(lm_head|output|emb)).*", "(?i)MODEL.*",
        ".*(?<=self_)attn.*", "m(o)del.language_m\\1del.*", "(?P<tower>model).*", "model.*+"})
    EXPECT_TRUE(targets(yes, q)) << yes;
  for (const std::string no : {"q_proj", ".*k_proj", ".*layers\\.\\d\\..*", "model", ".*\\bproj",
                               ".*laye\\brs.*", ".*\\Blayers.*", "^(?!.*language).*", "(?i)MODEL"})
    EXPECT_FALSE(targets(no, q)) << no;
}

#else

TEST(BadAdapter, ExpressionsAreRefusedInABuildWithoutPcre2) {
  EXPECT_TRUE(has(error_of(ExitCode::checkpoint, [] { targets(".*q_proj", "q_proj"); }),
                  "this build has no PCRE2"));
}

#endif

TEST(BadAdapter, LayersAreThoseBelowTheNamesOfThePattern) {
  const std::string q = "model.language_model.layers.11.self_attn.q_proj";
  PeftConfig config;
  config.target_modules.names = {"q_proj"};
  config.layers_to_transform = {11};
  EXPECT_TRUE(config.targets(q));
  config.layers_pattern = {"blocks", "layers"};
  EXPECT_TRUE(config.targets(q));
  config.layers_pattern = {"blocks"};
  EXPECT_FALSE(config.targets(q));
}

}  // namespace
}  // namespace ecg_lora::lora
