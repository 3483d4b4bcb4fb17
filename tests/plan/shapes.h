// Shapes to plan for.
#pragma once

#include "ecg_lora/model/tiny/tiny_model.h"
#include "ecg_lora/plan/training/training_plan.h"

namespace ecg_lora::plan::testing {

/// The shape that `ecg-lora synth model --size` writes.
inline model::ModelConfig config_of(const std::string& size) {
  const auto shape = tiny::model_shape(size);
  model::ModelConfig config;
  auto& text = config.text;
  text.vocab_size = shape.vocabulary, text.hidden_size = shape.text_width,
  text.intermediate_size = shape.text_mlp, text.layers = shape.text_layers;
  text.heads = shape.heads, text.kv_heads = shape.kv_heads;
  text.cross_attention_layers.assign(shape.cross_layers.begin(), shape.cross_layers.end());
  auto& vision = config.vision;
  vision.hidden_size = shape.vision_width, vision.intermediate_size = shape.vision_mlp,
  vision.local_layers = shape.local_layers, vision.global_layers = shape.global_layers;
  vision.heads = shape.vision_heads, vision.image_size = shape.tile_size,
  vision.patch_size = shape.patch_size, vision.max_tiles = shape.max_tiles;
  vision.intermediate_layers.assign(shape.kept_layers.begin(), shape.kept_layers.end());
  for (std::int64_t rows = 1; rows <= shape.max_tiles; ++rows)
    for (std::int64_t columns = 1; rows * columns <= shape.max_tiles; ++columns)
      vision.aspect_ratios.push_back({rows, columns});
  return config;
}

}  // namespace ecg_lora::plan::testing
