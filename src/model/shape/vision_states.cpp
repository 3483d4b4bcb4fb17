#include "ecg_lora/model/shape/vision_states.h"

#include <charconv>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/json_number.h"

namespace ecg_lora::model {
namespace {

/// Of the released models, 11B and 90B, which have 32 local layers (llama_models,
/// llama3/multimodal/model.py, return_intermediate).
constexpr std::int64_t kReleasedLocalLayers = 32;
const std::vector<std::int64_t> kReleasedShifted{2, 6, 14, 22, 29};

/// The first version of transformers under which models no longer saw entering states: 4.55 gave
/// the projector the last local layer's output in place of each state (PR 39643), 4.56 the states
/// that leave the layers (PR 40083).
constexpr int kFirstMajor = 4, kFirstMinor = 55;

/// Whether `version` ("4.45.0.dev0") is older than the change. A version that cannot be read is
/// not.
bool is_before_change(const Json& version) {
  if (!version.is_string()) return false;
  const auto& text = version.get_ref<const std::string&>();
  const char* end = text.data() + text.size();
  int major = 0, minor = 0;
  const auto first = std::from_chars(text.data(), end, major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return false;
  if (std::from_chars(first.ptr + 1, end, minor).ec != std::errc()) return false;
  return major < kFirstMajor || (major == kFirstMajor && minor < kFirstMinor);
}

const Json& member(const Json& json, const char* key) {
  static const Json kNone;
  return json.is_object() && json.contains(key) ? json[key] : kNone;
}

/// None if there is no marker.
std::optional<VisionStates> marker_of(const Json& config, const std::string& origin) {
  const auto& marker = member(member(config, "vision_config"), kVisionStates);
  if (marker.is_null()) return std::nullopt;
  const auto states = marker.is_string() ? parse_vision_states(marker) : std::nullopt;
  if (!states)
    throw_checkpoint(origin, ": ", kVisionStates, " of vision_config is ", marker.dump(),
                     ", expected \"entering\" or \"leaving\"; correct the file");
  return states;
}

std::string other_flag(VisionStates taken) {
  const bool entering = taken == VisionStates::entering;
  const auto other = to_string(entering ? VisionStates::leaving : VisionStates::entering);
  return cat("--vision-states ", other, " (vision_states in a config) takes the other meaning");
}

}  // namespace

std::string to_string(VisionStates states) {
  return states == VisionStates::entering ? "entering" : "leaving";
}

std::optional<VisionStates> parse_vision_states(const std::string& name) {
  for (const auto states : {VisionStates::entering, VisionStates::leaving})
    if (name == to_string(states)) return states;
  return std::nullopt;
}

std::optional<VisionStates> chosen_vision_states(const std::string& name) {
  if (name == "auto") return std::nullopt;
  const auto states = parse_vision_states(name);
  if (!states)
    throw_usage("vision_states is '", name, "', expected auto, entering or leaving; choose one");
  return states;
}

std::vector<std::int64_t> KeptStates::layers_run() const {
  auto result = layers;
  if (states == VisionStates::leaving)
    for (auto& layer : result) ++layer;
  return result;
}

std::string to_string(const KeptStates& kept) {
  return cat(to_string(kept.states), " [", joined(kept.layers), "]");
}

Json to_json(const KeptStates& kept) {
  return {{kVisionStates, to_string(kept.states)}, {kStateLayers, kept.layers}};
}

KeptStates parse_kept_states(const Json& json, const std::string& origin) {
  const auto& name = member(json, kVisionStates);
  const auto states = name.is_string() ? parse_vision_states(name) : std::nullopt;
  try {
    if (states) return {*states, whole_numbers(member(json, kStateLayers))};
  } catch (const nlohmann::json::exception&) {  // no list of whole numbers
  }
  throw_checkpoint(origin, " has ", kVisionStates, " ", name.dump(), " and ", kStateLayers, " ",
                   member(json, kStateLayers).dump(),
                   ", expected \"entering\" or \"leaving\" and a list of layers; restore the file");
}

KeptStates converted(const KeptStates& kept, VisionStates states, std::int64_t local_layers) {
  KeptStates result{states, kept.layers};
  if (states == kept.states) return result;
  const std::int64_t shift = states == VisionStates::leaving ? -1 : 1;
  for (auto& layer : result.layers) {
    if (shift < 0 && layer == 0)
      throw_usage(
          "the state that enters local layer 0 of the vision tower is kept, expected one "
          "that leaves a layer, as transformers takes them; merge with --for meta, whose "
          "result this program reads");
    if (shift > 0 && layer + 1 == local_layers)
      throw_usage("the state that leaves local layer ", layer,
                  " of the vision tower, the last, is "
                  "kept, expected one that enters a layer, as Meta's code takes them; merge with "
                  "--for transformers");
    layer += shift;
  }
  return result;
}

void write_vision_states(const std::filesystem::path& folder, const KeptStates& kept) {
  auto config = read_json(folder / "config.json", ExitCode::checkpoint);
  config["vision_config"].update(to_json(kept));
  write_json(folder / "config.json", config);
}

DeclaredStates declared_vision_states(const Json& config, const std::vector<std::int64_t>& layers,
                                      std::int64_t local_layers, const std::string& origin) {
  if (const auto marker = marker_of(config, origin))
    return {*marker, VisionStatesOrigin::checkpoint, ""};
  if (layers.empty()) return {};
  if (local_layers == kReleasedLocalLayers && layers == kReleasedShifted)
    return {VisionStates::leaving, VisionStatesOrigin::assumption,
            cat(origin,
                " does not say which vision states it means; its list is the released one, "
                "shifted by one, and is taken as the layers that the states leave; ",
                other_flag(VisionStates::leaving))};
  const auto& version = member(config, "transformers_version");
  if (version.is_null() || is_before_change(version)) return {};
  return {VisionStates::entering, VisionStatesOrigin::assumption,
          cat(origin, " does not say which vision states it means, and was saved by transformers ",
              version.is_string() ? version.get<std::string>() : version.dump(),
              ", with which training sees later states than Meta's code does; they are taken as "
              "entering the layers, as Meta trained the released weights; ",
              other_flag(VisionStates::entering))};
}

}  // namespace ecg_lora::model
