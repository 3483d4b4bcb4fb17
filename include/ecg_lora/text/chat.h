// Conversations as text and as tokens, in the layout of a checkpoint's chat template.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/text/prompt_layout.h"
#include "ecg_lora/text/tokenizer.h"

namespace ecg_lora::text {

/// One turn of a conversation.
struct Turn {
  std::string role;  ///< "system", "user" or "assistant"
  std::string content;
  int images = 0;  ///< number of <|image|> tokens before the content
};

/// Whether a conversation has both, which not every layout takes.
bool has_system_and_image(const std::vector<Turn>& turns);

/// The text that `apply_chat_template` of transformers makes of `turns` with the template of that
/// layout and `date_string` set to `date`. Data error for a system turn with an image if the
/// layout does not take it.
std::string chat_text(PromptLayout layout, const std::vector<Turn>& turns, bool generation_prompt,
                      const std::string& date = kHeaderDate);

/// Tokens of a conversation, and which of them the assistant says.
struct ChatTokens {
  std::vector<std::int64_t> ids;
  std::vector<bool> assistant;  ///< true at the content and closing <|eot_id|> of assistant turns
};

/// What a checkpoint makes tokens of conversations with; load_chat_format() reads it.
struct ChatFormat {
  std::shared_ptr<const Tokenizer> tokenizer;
  PromptLayout layout = kDefaultLayout;
};

/// Tokens of chat_text().
ChatTokens encode_chat(const ChatFormat& format, const std::vector<Turn>& turns,
                       bool generation_prompt);

}  // namespace ecg_lora::text
