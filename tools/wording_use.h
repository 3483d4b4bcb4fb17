// What a user should know of the words that a model is asked in.
#pragma once

#include <filesystem>

#include "ecg_lora/ptbxl/wording.h"

namespace ecg_lora::tools {

/// Logs which labels are asked for by their description, and which codes may mean something else.
void tell_of(const ptbxl::WordsOfLabels& words);

/// Warns if `folder`, an adapter or model, lies in a training run that was asked in other words. A
/// run that does not say in which (identity.json) is passed over.
void warn_of_other_words(const std::filesystem::path& folder, const ptbxl::Wording& wording);

}  // namespace ecg_lora::tools
