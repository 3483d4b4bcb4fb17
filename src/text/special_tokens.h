// The special tokens of Llama 3 that the chat template uses, and how a text is cut at them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ecg_lora::text {

using Specials = std::vector<std::pair<std::string, std::int64_t>>;

/// In the order in which the small tokenizer numbers them.
const std::vector<std::string>& special_tokens();

/// A stretch of plain text, or one special token.
struct Part {
  std::string_view text;
  std::int64_t special = -1;  ///< id, or -1 for plain text
};

/// Cuts `text` at special tokens, leftmost first, longest where two begin together. No part is empty.
std::vector<Part> split_specials(std::string_view text, const Specials& specials);

}  // namespace ecg_lora::text
