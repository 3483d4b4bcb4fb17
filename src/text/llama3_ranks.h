// Llama 3's tokenizer.model: tokens in base64 with their ranks, as tiktoken has them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>

#include "special_tokens.h"

namespace ecg_lora::text {

using Tokens = std::unordered_map<std::string, std::int64_t>;  ///< bytes to id

/// Checkpoint error that says where a line is no new token.
Tokens read_llama3_ranks(const std::filesystem::path& file);

/// The special tokens of Llama 3.2 Vision behind the ranks, in Meta's order (llama_models,
/// tokenizer.py): <|image|> is the 257th, and has an embedding but no logit.
Specials llama3_specials(std::int64_t first);

}  // namespace ecg_lora::text
