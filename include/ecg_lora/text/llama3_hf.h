// Hugging Face's tokenizer files from Meta's.
#pragma once

#include <filesystem>

namespace ecg_lora::text {

/// Writes tokenizer.json, tokenizer_config.json, special_tokens_map.json and chat_template.jinja to
/// `folder`, for the ranks in `ranks` (tokenizer.model of Llama 3). `instruct` models end a turn
/// with <|eot_id|>, others a text with <|end_of_text|>. False, and nothing is written, if
/// `ranks` is another kind of file.
bool write_llama3_hf_tokenizer(const std::filesystem::path& ranks,
                               const std::filesystem::path& folder, bool instruct);

}  // namespace ecg_lora::text
