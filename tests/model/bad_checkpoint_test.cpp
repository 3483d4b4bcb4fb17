// Checkpoints whose files do not say the truth, or not in numbers.
#include <limits>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/model/shape/table.h"
#include "ecg_lora/tensorio/checkpoint_tensors.h"
#include "ecg_lora/tensorio/stream_writer.h"
#include "shapes.h"

namespace ecg_lora::model {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has, ecg_lora::testing::TemporaryFolder;
using testing::small_json;

/// A checkpoint in which the tensor `bad` holds `value`, with numbers of type `dtype`.
void write_checkpoint(const std::filesystem::path& folder, const std::string& bad, double value,
                      at::ScalarType dtype = at::kBFloat16) {
  write_json(folder / "config.json", small_json());
  std::vector<tensorio::TensorInfo> infos;
  for (const auto& spec : tensor_table(load_model_config(folder)))
    infos.push_back({spec.name, dtype, spec.shape, 0, 0});
  tensorio::StreamWriter writer(folder / "model.safetensors", infos);
  for (const auto& info : infos) {
    auto tensor = at::zeros(info.shape, dtype);
    if (info.name == bad) tensor.flatten()[-1] = value;
    writer.write(tensor);
  }
  writer.finish();
}

const std::string kSomeWeight = "language_model.model.layers.0.mlp.up_proj.weight";

TEST(BadCheckpoint, ValuesThatAreNotFiniteAreRefusedByName) {
  for (const double value :
       {std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()})
    for (const auto dtype : {at::kBFloat16, at::kHalf, at::kFloat, at::kDouble}) {
      const TemporaryFolder folder;
      write_checkpoint(folder / "", kSomeWeight, value, dtype);
      for (const auto kind :
           {nn::Quantisation::none, nn::Quantisation::nf4, nn::Quantisation::int8}) {
        const auto error = error_of(ExitCode::checkpoint, [&] {
          load_model(folder / "", at::kCPU, at::kFloat, BaseQuantisation{kind, {}});
        });
        EXPECT_TRUE(has(error, kSomeWeight));
        EXPECT_TRUE(has(error, "not finite"));
      }
    }
}

TEST(BadCheckpoint, ValuesBeyondTheDtypeOfTheModelAreRefusedByName) {
  const TemporaryFolder folder;
  write_checkpoint(folder / "", kSomeWeight, 1e5);
  load_model(folder / "", at::kCPU, at::kFloat);
  const auto error =
      error_of(ExitCode::checkpoint, [&] { load_model(folder / "", at::kCPU, at::kHalf); });
  EXPECT_TRUE(has(error, kSomeWeight));
  EXPECT_TRUE(has(error, "expected what Half can hold"));
  const auto coded = error_of(ExitCode::checkpoint, [&] {
    load_model(folder / "", at::kCPU, at::kFloat, BaseQuantisation{nn::Quantisation::int8, {}});
  });
  EXPECT_TRUE(has(coded, kSomeWeight));
  EXPECT_TRUE(has(coded, "beyond the range of int8"));
}

TEST(BadCheckpoint, IntegerWeightsAreRefused) {
  const TemporaryFolder folder;
  write_checkpoint(folder / "", kSomeWeight, 1, at::kInt);
  EXPECT_TRUE(
      has(error_of(ExitCode::checkpoint, [&] { load_model(folder / "", at::kCPU, at::kFloat); }),
          "expected floating-point weights"));
}

TEST(BadCheckpoint, AnEmptyIndexIsRefused) {
  const TemporaryFolder folder;
  write_file(folder / "model.safetensors.index.json", R"({"weight_map": {}})");
  EXPECT_TRUE(
      has(error_of(ExitCode::checkpoint, [&] { tensorio::SafetensorsCheckpoint(folder / ""); }),
          "weight_map"));
}

TEST(BadCheckpoint, SizesAreComparedBeforeMemoryIsTaken) {
  const TemporaryFolder folder;
  write_checkpoint(folder / "", "", 0);
  auto json = small_json();
  json["text_config"]["hidden_size"] = json["text_config"]["intermediate_size"] =
      1 << 17;  // a linear of 69 GB
  write_json(folder / "config.json", json);
  const auto error =
      error_of(ExitCode::checkpoint, [&] { load_model(folder / "", at::kCPU, at::kFloat); });
  EXPECT_TRUE(has(error, "mis-shaped"));
}

void expect_refused(const char* section, const char* key, const Json& value) {
  auto json = small_json();
  json[section][key] = value;
  const auto error = error_of(ExitCode::checkpoint, [&] { parse_model_config(json, "test"); });
  EXPECT_TRUE(has(error, key)) << value.dump();
}

TEST(BadCheckpoint, SizesHaveBounds) {
  for (const char* key : {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
                          "num_attention_heads"})
    for (const auto& value : {Json(1000000000), Json(0), Json(-1), Json(2.5), Json("2")})
      expect_refused("text_config", key, value);
  for (const char* key :
       {"hidden_size", "num_hidden_layers", "num_global_layers", "max_num_tiles", "image_size"})
    for (const auto& value : {Json(1 << 24), Json(0), Json(1.5)})
      expect_refused("vision_config", key, value);
  for (const auto& list : {R"([0.5])", R"([true])", R"([18446744073709551615])", R"({"0": 0})"})
    expect_refused("vision_config", "intermediate_layers_indices", parse_json(list, "test"));
  for (const auto& list : {R"([[1.5, 1]])", R"([[1]])", R"([1])", R"("all")"})
    expect_refused("vision_config", "supported_aspect_ratios", parse_json(list, "test"));
  for (const auto& value : {Json(0), Json(-1.0), Json(1e300)})
    expect_refused("text_config", "rope_theta", value);
  for (const std::int64_t pad : {-1, 72, 1000000000}) {
    auto json = small_json();
    json["text_config"]["pad_token_id"] = pad;
    EXPECT_EQ(parse_model_config(json, "test").pad_token_id, 0) << "no row in the embedding";
  }
}

}  // namespace
}  // namespace ecg_lora::model
