// A sentencepiece model behind the tokenizer interface.
#pragma once

#include <filesystem>
#include <memory>

#include "ecg_lora/text/tokenizer.h"

namespace ecg_lora::text {

/// Checkpoint error where the file is no sentencepiece model.
std::unique_ptr<Tokenizer> load_sentencepiece(const std::filesystem::path& file);

}  // namespace ecg_lora::text
