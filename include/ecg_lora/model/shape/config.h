// Shape of a Mllama, read from the config.json of a Hugging Face checkpoint.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/model/shape/vision_states.h"

namespace ecg_lora::model {

/// RoPE with "llama3" scaling (Hugging Face modeling_rope_utils, _compute_llama3_parameters);
/// factor 1 is plain RoPE.
struct RopeConfig {
  double theta = 500000, factor = 1, low_freq_factor = 1, high_freq_factor = 4,
         original_context = 8192;
};

struct TextConfig {
  std::int64_t vocab_size = 0, hidden_size = 0, intermediate_size = 0, layers = 0, heads = 0,
               kv_heads = 0;
  std::vector<std::int64_t> cross_attention_layers;
  double rms_norm_eps = 1e-5;
  RopeConfig rope;
  bool tied_embeddings = false;
  std::int64_t head_size() const { return hidden_size / heads; }
  bool is_cross(std::int64_t layer) const;
};

struct VisionConfig {
  std::int64_t hidden_size = 0, intermediate_size = 0, local_layers = 0, global_layers = 0,
               heads = 0, channels = 3;
  std::int64_t image_size = 0, patch_size = 0, max_tiles = 4;
  std::vector<std::int64_t> intermediate_layers;  ///< the states of these local layers are kept
  VisionStates states = VisionStates::entering;   ///< that enter or leave those layers
  VisionStatesOrigin states_origin = VisionStatesOrigin::assumption;  ///< who says so
  std::string states_warning;  ///< a sentence for the user if it is an assumption that may be wrong
  std::vector<std::array<std::int64_t, 2>>
      aspect_ratios;  ///< canvases (rows, columns); id is position + 1
  double norm_eps = 1e-5;
  std::int64_t patches() const { return (image_size / patch_size) * (image_size / patch_size) + 1; }
  KeptStates kept_states() const { return {states, intermediate_layers}; }
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

/// config.json of a Hugging Face folder, with the stop tokens of generation_config.json where there
/// is one, as transformers' generate() has it; or Meta's params.json. Checkpoint error where the
/// file is missing, is of another architecture, or holds an impossible shape. `states`, if given,
/// overrides what the checkpoint says of its vision states.
ModelConfig load_model_config(const std::filesystem::path& folder,
                              std::optional<VisionStates> states = {});
ModelConfig parse_model_config(const Json& json, const std::string& origin,
                               std::optional<VisionStates> states = {});
/// Tells the user, once, of an assumption about the vision states that may be wrong.
void warn_of_assumed_states(const VisionConfig& vision);

}  // namespace ecg_lora::model
