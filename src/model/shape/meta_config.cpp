#include <algorithm>
#include <cmath>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json_number.h"
#include "ecg_lora/model/shape/meta.h"
#include "ecg_lora/model/shape/vision_states.h"

namespace ecg_lora::model {
namespace {

// Constants of Meta's code (llama_models, llama3/multimodal/model.py and llama3/model.py).
constexpr std::int64_t kVisionWidth = 1280, kVisionHeads = 16, kLocalLayers = 32, kGlobalLayers = 8,
                       kPatchPx = 14;
constexpr std::int64_t kBos = 128000, kPad = 128004, kInstructTilePx = 560,
                       kLongestContext = 131072;

class Params {
 public:
  explicit Params(const std::filesystem::path& folder) : path_(folder / "params.json") {
    json_ = read_json(path_, ExitCode::checkpoint);
    if (json_.is_object() && json_.contains("model")) json_ = Json(json_["model"]);
    if (!json_.is_object())
      throw_checkpoint(path_.string(),
                       " is no JSON object; use the params.json of a LLaMA 3.2 Vision checkpoint");
  }
  template <class T>
  T get(const char* key, std::optional<T> otherwise = std::nullopt) const {
    if (!json_.contains(key) || json_[key].is_null()) {
      if (otherwise) return *otherwise;
      throw_checkpoint(path_.string(), " has no ", key,
                       "; use the params.json of a LLaMA 3.2 Vision checkpoint");
    }
    try {
      if constexpr (std::is_same_v<T, std::int64_t>)
        return whole_number(json_[key]);
      else
        return json_[key].get<T>();
    } catch (const nlohmann::json::exception&) {
      throw_checkpoint(path_.string(), ": ", key, " has the wrong type, got ", json_[key].dump(),
                       "; correct the file");
    }
  }
  /// A size or a count.
  std::int64_t size(const char* key, std::optional<std::int64_t> otherwise = std::nullopt) const {
    const auto value = get<std::int64_t>(key, otherwise);
    if (value <= 0 || value > std::int64_t{1} << 24)
      throw_checkpoint(path_.string(), ": ", key, " must be positive and below 2^24, got ", value,
                       "; correct the file");
    return value;
  }

 private:
  std::filesystem::path path_;
  Json json_;
};

/// FeedForward of llama3/model.py.
std::int64_t mlp_width(const Params& params) {
  const auto multiple = params.size("multiple_of", 256);
  const auto wide = static_cast<std::int64_t>(params.get<double>("ffn_dim_multiplier", 1.0) *
                                              static_cast<double>(2 * 4 * params.size("dim") / 3));
  return (wide + multiple - 1) / multiple * multiple;
}

/// Cross-attention layers stand before self-attention layers, evenly from the last one
/// (_init_fusion_schedule); numbers count both kinds.
Json cross_layers(std::int64_t self_layers, std::int64_t count) {
  if (count > self_layers)
    throw_checkpoint("params.json gives ", count, " cross-attention layers to ", self_layers,
                     " layers, expected no more than one for each; correct the file");
  const auto step = (self_layers + count - 1) / count;
  std::vector<std::int64_t> places;
  for (auto place = self_layers - 1; place >= 0 && static_cast<std::int64_t>(places.size()) < count;
       place -= step)
    places.insert(places.begin(), place);
  if (static_cast<std::int64_t>(places.size()) < count)
    throw_checkpoint("params.json spreads ", count, " cross-attention layers over ", self_layers,
                     ", of which Meta's code places only ", places.size(), "; correct the file");
  for (std::size_t i = 0; i < places.size(); ++i) places[i] += static_cast<std::int64_t>(i);
  return places;
}

/// Canvases of up to `tiles` tiles in the order of their ids, as get_all_supported_aspect_ratios()
/// of transformers has them.
Json canvases(std::int64_t tiles) {
  Json result = Json::array();
  for (std::int64_t rows = 1; rows <= tiles; ++rows)
    for (std::int64_t columns = 1; rows * columns <= tiles; ++columns)
      result.push_back({rows, columns});
  return result;
}

Json stop_tokens(const Params& params) {
  return params.size("vision_chunk_size") == kInstructTilePx ? Json{128001, 128008, 128009}
                                                             : Json(128001);
}

Json text_config(const Params& params) {
  const auto self_layers = params.size("n_layers"),
             cross = params.size("vision_num_cross_attention_layers");
  Json text = {{"model_type", "mllama_text_model"},
               {"vocab_size", params.size("vocab_size")},
               {"hidden_size", params.size("dim")},
               {"intermediate_size", mlp_width(params)},
               {"num_hidden_layers", self_layers + cross},
               {"num_attention_heads", params.size("n_heads")},
               {"num_key_value_heads", params.size("n_kv_heads", params.size("n_heads"))},
               {"cross_attention_layers", cross_layers(self_layers, cross)},
               {"hidden_act", "silu"},
               {"rms_norm_eps", params.get<double>("norm_eps", 1e-5)},
               {"rope_theta", params.get<double>("rope_theta", 500000.0)},
               {"max_position_embeddings", kLongestContext},
               {"tie_word_embeddings", false},
               {"bos_token_id", kBos},
               {"eos_token_id", stop_tokens(params)},
               {"pad_token_id", std::min(kPad, params.size("vocab_size") - 1)}};
  if (params.get<bool>("use_scaled_rope", false))
    text["rope_scaling"] = {{"rope_type", "llama3"},
                            {"factor", 8.0},
                            {"low_freq_factor", 1.0},
                            {"high_freq_factor", 4.0},
                            {"original_max_position_embeddings", 8192}};
  return text;
}

Json vision_config(const Params& params) {
  const auto width = params.size("ecg_lora_vision_width", kVisionWidth),
             tiles = params.size("vision_max_num_chunks", 4);
  const std::vector<std::int64_t> kept{3, 7, 15, 23, 30};
  Json vision = {{"model_type", "mllama_vision_model"},
                 {"hidden_size", width},
                 {"attention_heads", kVisionHeads},
                 {"intermediate_size", 4 * width},
                 {"num_hidden_layers", kLocalLayers},
                 {"num_global_layers", kGlobalLayers},
                 {"image_size", params.size("vision_chunk_size")},
                 {"patch_size", kPatchPx},
                 {"max_num_tiles", tiles},
                 {"num_channels", 3},
                 {"hidden_act", "gelu"},
                 {"norm_eps", 1e-5},
                 {"intermediate_layers_indices", kept},
                 {"vision_output_dim", width * static_cast<std::int64_t>(1 + kept.size())},
                 {"supported_aspect_ratios", canvases(tiles)}};
  vision[kVisionStates] = params.get<std::string>(kVisionStates, to_string(VisionStates::entering));
  return vision;
}

}  // namespace

bool has_meta_params(const std::filesystem::path& folder) {
  return std::filesystem::exists(folder / "params.json") &&
         !std::filesystem::exists(folder / "config.json");
}

Json meta_config(const std::filesystem::path& folder) {
  const Params params(folder);
  return {{"architectures", {"MllamaForConditionalGeneration"}},
          {"model_type", "mllama"},
          {"image_token_index", params.size("vocab_size")},
          {"tie_word_embeddings", false},
          {"torch_dtype", "bfloat16"},
          {"text_config", text_config(params)},
          {"vision_config", vision_config(params)}};
}

Json meta_generation_config(const std::filesystem::path& folder) {
  return {
      {"bos_token_id", kBos}, {"do_sample", true},  {"eos_token_id", stop_tokens(Params(folder))},
      {"pad_token_id", kPad}, {"temperature", 0.6}, {"top_p", 0.9}};
}

Json meta_preprocessor_config(const std::filesystem::path& folder) {
  const Params params(folder);
  const auto tile = params.size("vision_chunk_size");
  return {{"image_processor_type", "MllamaImageProcessor"},
          {"do_convert_rgb", true},
          {"do_resize", true},
          {"size", {{"height", tile}, {"width", tile}}},
          {"resample", 2},
          {"do_rescale", true},
          {"rescale_factor", 1.0 / 255},
          {"do_normalize", true},
          {"image_mean", {0.48145466, 0.4578275, 0.40821073}},
          {"image_std", {0.26862954, 0.26130258, 0.27577711}},
          {"do_pad", true},
          {"max_image_tiles", params.size("vision_max_num_chunks", 4)}};
}

}  // namespace ecg_lora::model
