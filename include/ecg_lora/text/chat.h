// The chat template of Llama 3.2 Vision.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/text/tokenizer.h"

namespace ecg_lora::text {

/// One turn of a conversation.
struct Turn {
  std::string role;     ///< "system", "user" or "assistant"
  std::string content;
  int images = 0;       ///< number of <|image|> tokens before the content
};

/// The text that `apply_chat_template` of the Hugging Face template makes of `turns`. Where no turn has an image, the template puts a system
/// header with the knowledge cut-off and `date` (default as in the template, "26 Jul 2024") first.
std::string chat_text(const std::vector<Turn>& turns, bool generation_prompt, const std::string& date = "26 Jul 2024");

/// Tokens of a conversation, and which of them the assistant says.
struct ChatTokens {
  std::vector<std::int64_t> ids;
  std::vector<bool> assistant;  ///< true at the content and closing <|eot_id|> of assistant turns
};

ChatTokens encode_chat(const Tokenizer& tokenizer, const std::vector<Turn>& turns, bool generation_prompt);

}  // namespace ecg_lora::text
