// Meta's original layout: params.json in place of Hugging Face's config files.
#pragma once

#include <filesystem>
#include <string>

#include "ecg_lora/base/json.h"

namespace ecg_lora::model {

/// Whether `folder` has params.json and no config.json.
bool has_meta_params(const std::filesystem::path& folder);

/// What params.json says, as Hugging Face's files have it. Sizes of the vision tower are no part of
/// params.json: they are those of Meta's code, but for the width where a key
/// "ecg_lora_vision_width" gives one. The 560 px tiles are those of Instruct models, whose stop
/// tokens are three. Checkpoint error where a field is missing or wrong.
Json meta_config(const std::filesystem::path& folder);               ///< config.json
Json meta_generation_config(const std::filesystem::path& folder);    ///< generation_config.json
Json meta_preprocessor_config(const std::filesystem::path& folder);  ///< preprocessor_config.json

}  // namespace ecg_lora::model
