#include "ecg_lora/model/shape/config.h"

#include <algorithm>
#include <string>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json_number.h"
#include "ecg_lora/base/log_once.h"
#include "ecg_lora/model/shape/meta.h"
#include "ecg_lora/model/shape/stop_tokens.h"

namespace ecg_lora::model {
namespace {

constexpr std::int64_t kMaxTokens = 1 << 22, most_width = 1 << 18, most_layers = 1024,
                       kMaxHeads = 1024;
constexpr std::int64_t kMaxPixels = 1 << 14, most_tiles = 64;
constexpr std::size_t kMaxEntries = 1024;  ///< of a list

/// Typed look-ups that name the file, the key and what was found.
class Section {
 public:
  Section(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object())
      throw_checkpoint(where_, " is not a JSON object; use the config.json of a Mllama checkpoint");
  }
  bool has(const char* key) const { return json_.contains(key) && !json_[key].is_null(); }
  template <class T>
  T get(const char* key) const {
    if (!has(key))
      throw_checkpoint(where_, " has no ", key, "; use the config.json of a Mllama checkpoint");
    try {
      if constexpr (std::is_same_v<T, std::int64_t>)
        return whole_number(json_[key]);
      else if constexpr (std::is_same_v<T, std::vector<std::int64_t>>)
        return whole_numbers(json_[key]);
      else
        return json_[key].get<T>();
    } catch (const nlohmann::json::exception&) {
      throw_checkpoint(where_, ".", key, " has the wrong type, got ", json_[key].dump(),
                       "; correct the file");
    }
  }
  template <class T>
  T get(const char* key, const T& otherwise) const {
    return has(key) ? get<T>(key) : otherwise;
  }
  /// From 1 to `most`: far beyond any model, so that sums and products of sizes stay small and no
  /// size is believed blindly.
  std::int64_t positive(const char* key, std::int64_t most) const {
    const auto value = get<std::int64_t>(key);
    require(value > 0, cat(key, " must be positive, got ", value));
    require(value <= most, cat(key, " must be at most ", most, ", got ", value));
    return value;
  }
  double number(const char* key, double otherwise, double least, double most) const {
    const auto value = get<double>(key, otherwise);
    require(value >= least && value <= most,
            cat(key, " must be from ", least, " to ", most, ", got ", value));
    return value;
  }
  /// A list of two whole numbers each.
  std::vector<std::array<std::int64_t, 2>> pairs(const char* key) const {
    std::vector<std::array<std::int64_t, 2>> result;
    const auto list = get_json(key);
    require(list.is_array(), cat(key, " must be a list"));
    for (const auto& pair : list) {
      require(pair.is_array() && pair.size() == 2 && pair[0].is_number_integer() &&
                  pair[1].is_number_integer(),
              cat(key, " holds ", pair.dump(), ", expected two whole numbers"));
      result.push_back({pair[0].get<std::int64_t>(), pair[1].get<std::int64_t>()});
    }
    return result;
  }
  Section section(const char* key) const { return Section(get_json(key), where_ + "." + key); }
  void require(bool condition, const std::string& problem) const {
    if (!condition)
      throw_checkpoint(where_, ": ", problem, "; this shape cannot be computed, correct the file");
  }

 private:
  const Json& get_json(const char* key) const {
    if (!has(key))
      throw_checkpoint(where_, " has no ", key, "; use the config.json of a Mllama checkpoint");
    return json_[key];
  }
  const Json& json_;
  std::string where_;
};

RopeConfig parse_rope(const Section& text) {
  RopeConfig rope;
  const char* key = text.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
  rope.theta = text.number("rope_theta", 500000.0, 1e-3, 1e15);
  if (!text.has(key)) return rope;
  const auto json = text.section(key);
  rope.theta = json.number("rope_theta", rope.theta, 1e-3, 1e15);
  const auto type = json.get<std::string>("rope_type", json.get<std::string>("type", "default"));
  if (type == "default") return rope;
  json.require(type == "llama3", cat("rope_type must be default or llama3, got ", type));
  rope.factor = json.get<double>("factor");
  rope.low_freq_factor = json.get<double>("low_freq_factor");
  rope.high_freq_factor = json.get<double>("high_freq_factor");
  rope.original_context = json.get<double>("original_max_position_embeddings");
  json.require(
      rope.factor >= 1 && rope.high_freq_factor > rope.low_freq_factor && rope.low_freq_factor > 0,
      "factor must be at least 1 and high_freq_factor above low_freq_factor");
  json.require(rope.factor <= 1e6 && rope.high_freq_factor <= 1e6 && rope.original_context > 0 &&
                   rope.original_context <= 1e9,
               "factors must be at most 1e6, original_max_position_embeddings from 1 to 1e9");
  return rope;
}

TextConfig parse_text(const Section& json) {
  TextConfig text;
  text.vocab_size = json.positive("vocab_size", kMaxTokens);
  text.hidden_size = json.positive("hidden_size", most_width);
  text.intermediate_size = json.positive("intermediate_size", most_width);
  text.layers = json.positive("num_hidden_layers", most_layers);
  text.heads = json.positive("num_attention_heads", kMaxHeads);
  text.kv_heads = json.has("num_key_value_heads") ? json.positive("num_key_value_heads", kMaxHeads)
                                                  : text.heads;
  text.cross_attention_layers = json.get<std::vector<std::int64_t>>("cross_attention_layers");
  text.rms_norm_eps = json.number("rms_norm_eps", 1e-5, 0, 1);
  text.rope = parse_rope(json);
  json.require(
      text.hidden_size % text.heads == 0 && text.head_size() % 2 == 0,
      cat("hidden_size ", text.hidden_size, " over ", text.heads, " heads is no even head size"));
  json.require(text.heads % text.kv_heads == 0,
               cat(text.heads, " query heads cannot share ", text.kv_heads, " key/value heads"));
  for (const auto layer : text.cross_attention_layers)
    json.require(layer >= 0 && layer < text.layers,
                 cat("cross_attention_layers names layer ", layer, " of ", text.layers));
  const auto activation = json.get<std::string>("hidden_act", "silu");
  json.require(activation == "silu", cat("hidden_act must be silu, got ", activation));
  json.require(!json.get<bool>("tie_word_embeddings", false), "tie_word_embeddings must be false");
  return text;
}

/// Checkpoint error for sizes that do not go together, or that this program does not support.
void check_vision(const VisionConfig& vision, const Section& json) {
  json.require(vision.channels == 3, cat("num_channels must be 3, got ", vision.channels));
  json.require(
      vision.hidden_size % vision.heads == 0,
      cat("hidden_size ", vision.hidden_size, " does not divide into ", vision.heads, " heads"));
  json.require(
      vision.image_size % vision.patch_size == 0,
      cat("image_size ", vision.image_size, " is no multiple of patch_size ", vision.patch_size));
  for (const auto layer : vision.intermediate_layers)
    json.require(
        layer >= 0 && layer < vision.local_layers,
        cat("intermediate_layers_indices names layer ", layer, " of ", vision.local_layers));
  for (const auto& [rows, columns] : vision.aspect_ratios)
    json.require(rows > 0 && columns > 0 && rows <= most_tiles && columns <= most_tiles &&
                     rows * columns <= vision.max_tiles,
                 cat("supported_aspect_ratios holds ", rows, " x ", columns, " for ",
                     vision.max_tiles, " tiles"));
  json.require(!vision.aspect_ratios.empty(), "supported_aspect_ratios is empty");
  json.require(vision.aspect_ratios.size() <= kMaxEntries &&
                   vision.intermediate_layers.size() <= kMaxEntries,
               cat("lists must have at most ", kMaxEntries, " entries"));
  const auto activation = json.get<std::string>("hidden_act", "gelu");
  json.require(activation == "gelu", cat("hidden_act must be gelu, got ", activation));
  const auto width = json.get<std::int64_t>("vision_output_dim", vision.output_size());
  json.require(width == vision.output_size(),
               cat("vision_output_dim must be ", vision.output_size(), ", got ", width));
}

VisionConfig parse_vision(const Section& json) {
  VisionConfig vision;
  vision.hidden_size = json.positive("hidden_size", most_width);
  vision.intermediate_size = json.positive("intermediate_size", most_width);
  vision.local_layers = json.positive("num_hidden_layers", most_layers);
  vision.global_layers = json.positive("num_global_layers", most_layers);
  vision.heads = json.positive(
      json.has("attention_heads") ? "attention_heads" : "num_attention_heads", kMaxHeads);
  vision.channels = json.get<std::int64_t>("num_channels", 3);
  vision.image_size = json.positive("image_size", kMaxPixels);
  vision.patch_size = json.positive("patch_size", kMaxPixels);
  vision.max_tiles = json.positive("max_num_tiles", most_tiles);
  vision.intermediate_layers = json.get<std::vector<std::int64_t>>("intermediate_layers_indices");
  vision.aspect_ratios = json.pairs("supported_aspect_ratios");
  vision.norm_eps = json.number("norm_eps", 1e-5, 0, 1);
  check_vision(vision, json);
  return vision;
}

void take_states(VisionConfig& vision, const Json& json, const std::string& origin,
                 std::optional<VisionStates> chosen) {
  auto declared =
      declared_vision_states(json, vision.intermediate_layers, vision.local_layers, origin);
  if (chosen) declared = {*chosen, VisionStatesOrigin::user, ""};
  vision.states = declared.states;
  vision.states_origin = declared.origin;
  vision.states_warning = std::move(declared.warning);
}

}  // namespace

std::vector<std::int64_t> parse_stop_tokens(const Json& json, const std::string& where) {
  std::vector<std::int64_t> result;
  for (const auto& id : json.is_array() ? json : Json::array({json})) {
    if (!id.is_number_integer())
      throw_checkpoint(where, ": eos_token_id is ", json.dump(),
                       ", expected a token id or a list of them; restore the file");
    result.push_back(id.get<std::int64_t>());
  }
  return result;
}

bool TextConfig::is_cross(std::int64_t layer) const {
  return std::find(cross_attention_layers.begin(), cross_attention_layers.end(), layer) !=
         cross_attention_layers.end();
}

void warn_of_assumed_states(const VisionConfig& vision) {
  if (!vision.states_warning.empty()) warn_once(vision.states_warning);
}

ModelConfig parse_model_config(const Json& json, const std::string& origin,
                               std::optional<VisionStates> states) {
  const Section root(json, origin);
  const auto type = root.get<std::string>("model_type", "");
  if (type != "mllama")
    throw_checkpoint(
        origin, " is of another architecture: expected model_type mllama (LLaMA 3.2 Vision), got '",
        type, "'; name a LLaMA 3.2 Vision checkpoint");
  ModelConfig config;
  const auto text = root.section("text_config");
  config.text = parse_text(text);
  config.vision = parse_vision(root.section("vision_config"));
  take_states(config.vision, json, origin, states);
  config.image_token_id = root.get<std::int64_t>(
      "image_token_index", root.get<std::int64_t>("image_token_id", config.text.vocab_size));
  root.require(config.image_token_id >= 0 && config.image_token_id < config.text.vocab_size + 8,
               cat("image_token_index ", config.image_token_id, " has no row among ",
                   config.text.vocab_size + 8));
  config.bos_token_id = text.get<std::int64_t>("bos_token_id", 0);
  // Padding is masked, so that any token does in place of one that has no row.
  const auto pad = text.get<std::int64_t>("pad_token_id", 0);
  config.pad_token_id = pad >= 0 && pad < config.text.vocab_size + 8 ? pad : 0;
  if (text.has("eos_token_id"))
    config.eos_token_ids = parse_stop_tokens(json["text_config"]["eos_token_id"], origin);
  return config;
}

ModelConfig load_model_config(const std::filesystem::path& folder,
                              std::optional<VisionStates> states) {
  const auto path = folder / "config.json", generation = folder / "generation_config.json";
  if (has_meta_params(folder))
    return parse_model_config(meta_config(folder), (folder / "params.json").string(), states);
  if (!std::filesystem::exists(path))
    throw_checkpoint(
        "no config.json in ", folder.string(),
        ", expected a Hugging Face checkpoint folder, or one with Meta's params.json; name one");
  auto config = parse_model_config(read_json(path, ExitCode::checkpoint), path.string(), states);
  if (!std::filesystem::exists(generation)) return config;
  const auto json = read_json(generation, ExitCode::checkpoint);
  if (!json.is_object())
    throw_checkpoint(generation.string(),
                     " is not a JSON object; use the file that belongs to this checkpoint");
  if (json.contains("eos_token_id") && !json["eos_token_id"].is_null())
    config.eos_token_ids = parse_stop_tokens(json["eos_token_id"], generation.string());
  return config;
}

}  // namespace ecg_lora::model
