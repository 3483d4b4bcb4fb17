// A checkpoint's chat template: where it stands, and which layout it writes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/text/chat.h"

namespace ecg_lora::text {

struct ChatTemplate {
  std::filesystem::path file;
  std::string text;
  std::optional<PromptLayout> layout;  ///< none if the template is not known
};

/// The chat templates of a checkpoint, that of transformers' processor first: processor_config.json
/// (a key of old processors), chat_template.json, chat_template.jinja, tokenizer_config.json. None
/// in base checkpoints. Data error if a file is not what it should be.
std::vector<ChatTemplate> chat_templates_of(const std::filesystem::path& folder);

/// The special tokens of every layout that `chat_template` never writes.
std::vector<std::string> tokens_not_in_template(const std::string& chat_template);

/// The layout of the first template; default_layout if it is not known or there is none.
PromptLayout layout_of(const std::vector<ChatTemplate>& templates);

/// The layout of the folder's templates. Warns of a template that is not known, with the layout
/// that is taken, and of files that disagree, with both names.
PromptLayout load_layout(const std::filesystem::path& folder);

/// The tokenizer and the layout of a model folder. Training, evaluation, tasks and prediction take
/// both from here, so that a model is asked in the layout in which it was tuned.
ChatFormat load_chat_format(const std::filesystem::path& folder);

/// Warns if a template lies next to the adapter in `folder`, as other trainers leave it, that has
/// another layout than `layout`, in which the base is asked.
void check_adapter_layout(PromptLayout layout, const std::filesystem::path& folder);

}  // namespace ecg_lora::text
