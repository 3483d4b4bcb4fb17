// Shapes of models, without weights.
#pragma once

#include "ecg_lora/base/json.h"
#include "ecg_lora/model/shape/config.h"

namespace ecg_lora::model::testing {

/// Llama-3.2-11B-Vision-Instruct.
inline ModelConfig eleven_billion() {
  return parse_model_config(parse_json(R"({
    "model_type": "mllama", "image_token_index": 128256, "tie_word_embeddings": false,
    "text_config": {"model_type": "mllama_text_model", "vocab_size": 128256, "hidden_size": 4096,
      "intermediate_size": 14336, "num_hidden_layers": 40, "num_attention_heads": 32,
      "num_key_value_heads": 8,
      "cross_attention_layers": [3, 8, 13, 18, 23, 28, 33, 38], "hidden_act": "silu",
      "rms_norm_eps": 1e-05,
      "rope_theta": 500000.0, "max_position_embeddings": 131072, "tie_word_embeddings": false,
      "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "original_max_position_embeddings": 8192},
      "bos_token_id": 128000, "eos_token_id": 128001, "pad_token_id": 128004},
    "vision_config": {"model_type": "mllama_vision_model", "hidden_size": 1280,
      "attention_heads": 16,
      "intermediate_size": 5120, "num_hidden_layers": 32, "num_global_layers": 8, "image_size": 560,
      "patch_size": 14,
      "intermediate_layers_indices": [3, 7, 15, 23, 30], "max_num_tiles": 4, "num_channels": 3,
      "hidden_act": "gelu",
      "norm_eps": 1e-05, "vision_output_dim": 7680,
      "supported_aspect_ratios": [[1,1],[1,2],[1,3],[1,4],[2,1],[2,2],[3,1],[4,1]]}})",
                                       "11B"),
                            "11B");
}

/// Two layers of the decoder, one of which looks at images, and three of the vision tower.
inline ModelConfig small_shape() {
  return parse_model_config(parse_json(R"({
    "model_type": "mllama", "image_token_index": 64, "tie_word_embeddings": false,
    "text_config": {"model_type": "mllama_text_model", "vocab_size": 64, "hidden_size": 16,
      "intermediate_size": 32, "num_hidden_layers": 2,
      "num_attention_heads": 2, "num_key_value_heads": 1, "cross_attention_layers": [1],
      "hidden_act": "silu", "rms_norm_eps": 1e-05, "rope_theta": 10000.0,
      "max_position_embeddings": 128, "tie_word_embeddings": false, "bos_token_id": 1,
      "eos_token_id": 2, "pad_token_id": 0},
    "vision_config": {"model_type": "mllama_vision_model", "hidden_size": 16, "attention_heads": 2,
      "intermediate_size": 32, "num_hidden_layers": 2,
      "num_global_layers": 1, "image_size": 28, "patch_size": 14,
      "intermediate_layers_indices": [0, 1], "max_num_tiles": 4, "num_channels": 3,
      "hidden_act": "gelu",
      "norm_eps": 1e-05, "vision_output_dim": 48,
      "supported_aspect_ratios": [[1,1],[1,2],[1,3],[1,4],[2,1],[2,2],[3,1],[4,1]]}})",
                                       "tiny"),
                            "tiny");
}

/// config.json of a still smaller one, which says nothing of its vision states.
inline Json small_json() {
  return parse_json(
      R"({"model_type": "mllama", "image_token_index": 64, "tie_word_embeddings": false,
    "text_config": {"vocab_size": 64, "hidden_size": 16, "intermediate_size": 32,
      "num_hidden_layers": 2,
      "num_attention_heads": 2, "num_key_value_heads": 1, "cross_attention_layers": [1]},
    "vision_config": {"hidden_size": 16, "attention_heads": 2, "intermediate_size": 32,
      "num_hidden_layers": 2,
      "num_global_layers": 1, "image_size": 28, "patch_size": 14,
      "intermediate_layers_indices": [0],
      "max_num_tiles": 4, "supported_aspect_ratios": [[1, 1], [2, 2]]}})",
      "test");
}

}  // namespace ecg_lora::model::testing
