// Shapes to plan for.
#pragma once

#include "ecg_lora/base/json.h"
#include "ecg_lora/plan/memory.h"
#include "ecg_lora/synth/model.h"

namespace ecg_lora::plan::testing {

/// The shape that `ecg-lora synth model --size` writes.
inline model::ModelConfig config_of(const std::string& size) {
  const auto shape = synth::model_shape(size);
  model::ModelConfig config;
  auto& text = config.text;
  text.vocab_size = shape.vocabulary, text.hidden_size = shape.text_width, text.intermediate_size = shape.text_mlp, text.layers = shape.text_layers;
  text.heads = shape.heads, text.kv_heads = shape.kv_heads;
  text.cross_attention_layers.assign(shape.cross_layers.begin(), shape.cross_layers.end());
  auto& vision = config.vision;
  vision.hidden_size = shape.vision_width, vision.intermediate_size = shape.vision_mlp, vision.local_layers = shape.local_layers, vision.global_layers = shape.global_layers;
  vision.heads = shape.vision_heads, vision.image_size = shape.tile_size, vision.patch_size = shape.patch_size, vision.max_tiles = shape.max_tiles;
  vision.intermediate_layers.assign(shape.kept_layers.begin(), shape.kept_layers.end());
  for (std::int64_t rows = 1; rows <= shape.max_tiles; ++rows)
    for (std::int64_t columns = 1; rows * columns <= shape.max_tiles; ++columns) vision.aspect_ratios.push_back({rows, columns});
  return config;
}

/// Llama-3.2-11B-Vision-Instruct.
inline model::ModelConfig eleven_billion() {
  return model::parse_model_config(parse_json(R"({
    "model_type": "mllama", "image_token_index": 128256,
    "text_config": {"vocab_size": 128256, "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 40, "num_attention_heads": 32,
      "num_key_value_heads": 8, "cross_attention_layers": [3, 8, 13, 18, 23, 28, 33, 38]},
    "vision_config": {"hidden_size": 1280, "attention_heads": 16, "intermediate_size": 5120, "num_hidden_layers": 32, "num_global_layers": 8, "image_size": 560,
      "patch_size": 14, "intermediate_layers_indices": [3, 7, 15, 23, 30], "max_num_tiles": 4,
      "supported_aspect_ratios": [[1,1],[1,2],[1,3],[1,4],[2,1],[2,2],[3,1],[4,1]]}})", "11B"), "11B");
}

}  // namespace ecg_lora::plan::testing
