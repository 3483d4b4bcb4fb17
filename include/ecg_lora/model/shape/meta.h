// Meta's original layout: params.json in place of Hugging Face's config files.
#pragma once

#include <filesystem>
#include <string>

#include "ecg_lora/base/json.h"

namespace ecg_lora::model {

/// Whether `folder` has params.json and no config.json.
bool has_meta_params(const std::filesystem::path& folder);

/// What params.json says, as Hugging Face's files have it. Sizes of the vision tower are no part of
/// params.json: they are those of Meta's code (llama_models, llama3/multimodal/model.py), but for
/// the width if a key "ecg_lora_vision_width" gives one. Models with tiles of 560 px are Instruct
/// models, which have three stop tokens. Checkpoint error if a field is missing or wrong.
Json meta_config(const std::filesystem::path& folder);               ///< config.json
Json meta_generation_config(const std::filesystem::path& folder);    ///< generation_config.json
Json meta_preprocessor_config(const std::filesystem::path& folder);  ///< preprocessor_config.json

}  // namespace ecg_lora::model
