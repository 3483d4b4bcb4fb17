// The 11B shape from its config.json alone, without weights: tensor table and trainable parameters.
#include <numeric>

#include "base/expect_error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/table.h"

namespace ecg_lora::lora {
namespace {

using testing::error_of, testing::has;

/// Llama-3.2-11B-Vision-Instruct.
model::ModelConfig eleven_billion() {
  return model::parse_model_config(parse_json(R"({
    "model_type": "mllama", "image_token_index": 128256, "tie_word_embeddings": false,
    "text_config": {"model_type": "mllama_text_model", "vocab_size": 128256, "hidden_size": 4096,
      "intermediate_size": 14336, "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 8,
      "cross_attention_layers": [3, 8, 13, 18, 23, 28, 33, 38], "hidden_act": "silu", "rms_norm_eps": 1e-05,
      "rope_theta": 500000.0, "max_position_embeddings": 131072, "tie_word_embeddings": false,
      "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192}, "bos_token_id": 128000, "eos_token_id": 128001, "pad_token_id": 128004},
    "vision_config": {"model_type": "mllama_vision_model", "hidden_size": 1280, "attention_heads": 16,
      "intermediate_size": 5120, "num_hidden_layers": 32, "num_global_layers": 8, "image_size": 560, "patch_size": 14,
      "intermediate_layers_indices": [3, 7, 15, 23, 30], "max_num_tiles": 4, "num_channels": 3, "hidden_act": "gelu",
      "norm_eps": 1e-05, "vision_output_dim": 7680,
      "supported_aspect_ratios": [[1,1],[1,2],[1,3],[1,4],[2,1],[2,2],[3,1],[4,1]]}})", "11B"), "11B");
}

std::int64_t trainable(std::int64_t rank, std::vector<std::string> text, std::vector<std::string> vision, bool projector = false) {
  LoraSpec spec;
  spec.rank = rank;
  spec.text = std::move(text);
  spec.vision = std::move(vision);
  spec.projector = projector;
  return count(eleven_billion(), spec).trainable;
}

TEST(ElevenBillion, HasItsTensors) {
  const auto table = model::tensor_table(eleven_billion());
  EXPECT_EQ(table.size(), 906u);
  std::int64_t parameters = 0;
  for (const auto& tensor : table)
    parameters += std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::int64_t{1}, std::multiplies<>());
  EXPECT_NEAR(static_cast<double>(parameters), 10.67e9, 0.01e9);  // as its model card has it
}

TEST(ElevenBillion, HasThePublishedTrainableParameters) {
  EXPECT_EQ(trainable(16, {"*"}, {"*"}), 67174400);
  EXPECT_EQ(trainable(16, {"*"}, {}), 52428800);
  EXPECT_EQ(trainable(16, {}, {"*"}), 14745600);
  EXPECT_EQ(trainable(16, {}, {}, true), 188416);
  EXPECT_EQ(trainable(8, {"*"}, {"*"}), 33587200);
  EXPECT_EQ(trainable(64, {"*"}, {"*"}), 268697600);
  EXPECT_EQ(trainable(8, {"*q_proj", "*v_proj"}, {"*q_proj", "*v_proj"}), 5898240);
}

TEST(Targets, RefuseTheFrozenAndWhatHitsNothing) {
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { trainable(8, {"lm_head"}, {}); }), "lm_head"));
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { trainable(8, {"embed_tokens"}, {}); }), "embed_tokens"));
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { trainable(8, {"*q_porj"}, {}); }), "q_porj"));
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { trainable(8, {}, {}); }), "name no linear"));
}

}  // namespace
}  // namespace ecg_lora::lora
