// What a user should know of the words that a model is asked in.
#pragma once

#include <filesystem>

#include "ecg_lora/ecg/ptbxl/wording.h"

namespace ecg_lora::ptbxl {

/// Warns if `folder`, an adapter or model, lies in a training run that was asked in other words. A
/// run that does not say in which (identity.json) is passed over.
void warn_of_other_words(const std::filesystem::path& folder, const Wording& wording);

}  // namespace ecg_lora::ptbxl
