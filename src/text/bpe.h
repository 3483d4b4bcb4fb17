// Llama 3's byte-level BPE, from tokenizer.json or from tiktoken ranks.
#pragma once

#include <filesystem>
#include <memory>

#include "ecg_lora/text/tokenizer.h"

namespace ecg_lora::text {

/// Whether the file is a tokenizer.json with a ByteLevel BPE model. Checkpoint error if it is
/// damaged.
bool is_llama3_json(const std::filesystem::path& file);
/// Whether the file begins like tiktoken ranks: base64, a space, a number.
bool is_llama3_ranks(const std::filesystem::path& file);

std::unique_ptr<Tokenizer> load_llama3_json(const std::filesystem::path& file);
std::unique_ptr<Tokenizer> load_llama3_ranks(const std::filesystem::path& file);

}  // namespace ecg_lora::text
