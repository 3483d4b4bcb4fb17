// The vision states that the metadata of an adapter name.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "ecg_lora/model/shape/vision_states.h"

namespace ecg_lora::lora {

/// None if `metadata` has no key "vision_states". Checkpoint error that names `adapter` if the key,
/// or the list of layers that goes with it, holds something else.
std::optional<model::KeptStates> kept_of(const std::map<std::string, std::string>& metadata,
                                         const std::filesystem::path& adapter);

}  // namespace ecg_lora::lora
