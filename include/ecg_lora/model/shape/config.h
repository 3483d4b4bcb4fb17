// Shape of a Mllama, read from the config.json of a Hugging Face checkpoint.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/model/shape/vision_states.h"

namespace ecg_lora::model {

/// RoPE with "llama3" scaling (Hugging Face modeling_rope_utils, _compute_llama3_parameters;
/// nn::rope_frequencies()); factor 1 is plain RoPE.
struct RopeConfig {
  double theta = 500000, factor = 1, low_freq_factor = 1, high_freq_factor = 4;
  double original_context = 8192;  ///< tokens
};

/// The decoder.
struct TextConfig {
  std::int64_t vocab_size = 0;         ///< rows of lm_head; the embedding has 8 more
  std::int64_t hidden_size = 0;        ///< width of the states
  std::int64_t intermediate_size = 0;  ///< inner width of the MLPs
  std::int64_t layers = 0;             ///< self-attention and cross-attention layers
  std::int64_t heads = 0, kv_heads = 0;
  std::vector<std::int64_t> cross_attention_layers;  ///< their indices, from 0
  double rms_norm_eps = 1e-5;
  RopeConfig rope;
  bool tied_embeddings = false;
  std::int64_t head_size() const { return hidden_size / heads; }
  bool is_cross(std::int64_t layer) const;
};

/// The vision tower.
struct VisionConfig {
  std::int64_t hidden_size = 0;        ///< width of the states
  std::int64_t intermediate_size = 0;  ///< inner width of the MLPs
  std::int64_t local_layers = 0, global_layers = 0;
  std::int64_t heads = 0, channels = 3;
  std::int64_t image_size = 0, patch_size = 0;  ///< of a tile and of a patch, px
  std::int64_t max_tiles = 4;                   ///< per image
  /// Local layers whose entering or leaving states the projector gets, next to the last ones.
  std::vector<std::int64_t> intermediate_layers;
  VisionStates states = VisionStates::entering;
  VisionStatesOrigin states_origin = VisionStatesOrigin::assumption;
  /// A sentence for the user if `states` are assumed and may be the other ones; else empty.
  std::string states_warning;
  /// Canvases as (rows, columns) of tiles; the id of one is its position + 1.
  std::vector<std::array<std::int64_t, 2>> aspect_ratios;
  double norm_eps = 1e-5;
  /// Patches per tile, class token included.
  std::int64_t patches() const { return (image_size / patch_size) * (image_size / patch_size) + 1; }
  KeptStates kept_states() const { return {states, intermediate_layers}; }
  /// Width of what the projector takes.
  std::int64_t output_size() const {
    return hidden_size * (1 + static_cast<std::int64_t>(intermediate_layers.size()));
  }
};

struct ModelConfig {
  TextConfig text;
  VisionConfig vision;
  std::int64_t image_token_id = 0, bos_token_id = 0, pad_token_id = 0;
  std::vector<std::int64_t> eos_token_ids;
};

/// config.json of a Hugging Face folder, with the stop tokens of generation_config.json if there is
/// one, as transformers' generate() has it; or Meta's params.json. Checkpoint error if the file is
/// missing, is of another architecture, or holds an impossible shape. `states`, if given, overrides
/// what the checkpoint says of its vision states.
ModelConfig load_model_config(const std::filesystem::path& folder,
                              std::optional<VisionStates> states = {});
/// The same from `json`, a config.json, which messages call `origin`.
ModelConfig parse_model_config(const Json& json, const std::string& origin,
                               std::optional<VisionStates> states = {});
/// Logs vision.states_warning, if there is one; each once per process.
void warn_of_assumed_states(const VisionConfig& vision);

}  // namespace ecg_lora::model
