// A sentencepiece model behind the tokenizer interface.
#pragma once

#include <filesystem>
#include <memory>

#include "ecg_lora/text/tokenizer.h"

namespace ecg_lora::text {

/// `file`: tokenizer.model, or a tokenizer.json that stands for one (sentencepiece_json.h).
/// Checkpoint error if it is neither.
std::unique_ptr<Tokenizer> load_sentencepiece(const std::filesystem::path& file);

}  // namespace ecg_lora::text
