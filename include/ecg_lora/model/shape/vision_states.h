// Which hidden states of the vision tower a list of layers means.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"

namespace ecg_lora::model {

/// In Meta's code the projector gets the states that enter the local layers of the list, as in
/// transformers up to 4.54; in transformers from 4.56 on it gets the states that leave them.
enum class VisionStates { entering, leaving };

/// The key of vision_config, params.json, configs, adapters' metadata and scores.json.
inline constexpr const char* kVisionStates = "vision_states";
/// The key of the list of layers, in the same files.
inline constexpr const char* kStateLayers = "intermediate_layers_indices";

/// "entering" or "leaving".
std::string to_string(VisionStates states);
/// The states of that name; none for another name.
std::optional<VisionStates> parse_vision_states(const std::string& name);
/// What a flag or a config says: none for "auto", which is what the checkpoint says. Usage error
/// for other names.
std::optional<VisionStates> chosen_vision_states(const std::string& name);

/// A list of layers and what it means.
struct KeptStates {
  VisionStates states = VisionStates::entering;
  std::vector<std::int64_t> layers;  ///< indices of local layers, from 0
  /// How many local layers have run when each state is taken: equal for two lists that mean the
  /// same states.
  std::vector<std::int64_t> layers_run() const;
};

/// "entering [3, 7, 15, 23, 30]".
std::string to_string(const KeptStates& kept);
/// {"vision_states": "entering", "intermediate_layers_indices": [3, 7, 15, 23, 30]}.
Json to_json(const KeptStates& kept);
/// Back from to_json(). Checkpoint error that names `origin`, the file, for anything else.
KeptStates parse_kept_states(const Json& json, const std::string& origin);

/// The same states, named as `states` says: with the list shifted by one, or as they are. Usage
/// error if one of them cannot be named so: no layer comes before the first, and none after the
/// last of `local_layers`.
KeptStates converted(const KeptStates& kept, VisionStates states, std::int64_t local_layers);

/// Writes list and meaning into vision_config of config.json in `folder`. Checkpoint error if that
/// file cannot be read, data error if it cannot be written.
void write_vision_states(const std::filesystem::path& folder, const KeptStates& kept);

/// Who says which states a list means: nobody, the checkpoint (key "vision_states"), or the user.
enum class VisionStatesOrigin { assumption, checkpoint, user };

/// What a config.json declares of its list, or what is assumed if it declares nothing.
struct DeclaredStates {
  VisionStates states = VisionStates::entering;
  VisionStatesOrigin origin = VisionStatesOrigin::assumption;
  /// A sentence for the user if they are assumed and another meaning is possible; else empty.
  std::string warning;
};

/// A list without a marker is taken as entering, unless it is the released one, shifted by one.
/// `config` is the whole config.json, `layers` its list; `origin` is what messages call it.
/// Checkpoint error for a marker of another value.
DeclaredStates declared_vision_states(const Json& config, const std::vector<std::int64_t>& layers,
                                      std::int64_t local_layers, const std::string& origin);

}  // namespace ecg_lora::model
