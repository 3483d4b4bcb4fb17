// Whether a checkpoint's chat template is of the family that chat_text() writes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ecg_lora::text {

/// The chat template of a checkpoint, as transformers looks for it: chat_template.jinja, chat_template.json, tokenizer_config.json; empty where there
/// is none, as in base checkpoints. Throws Error(data) where a file is not what it should be.
std::string chat_template_of(const std::filesystem::path& folder);

/// The tokens of chat_text() that `chat_template` never writes; none where it is empty. The template is a program, which is not run.
std::vector<std::string> tokens_not_in_template(const std::string& chat_template);

/// Warns where there are such tokens: the checkpoint was tuned on another layout than it will be asked in.
void check_chat_template(const std::filesystem::path& folder);

}  // namespace ecg_lora::text
