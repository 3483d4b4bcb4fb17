// Llama 3's split of a text into words, written out.
#pragma once

#include <string_view>
#include <vector>

namespace ecg_lora::text {

/// The pattern of Llama 3 (llama_models, tokenizer.py), which split_llama3() matches.
extern const char* const kLlama3Pattern;

/// The matches of llama3_pattern in `text`, in order; they leave nothing out. Letters, numbers and
/// blanks are those of tiktoken's Unicode version, whatever the system's libraries know. A byte
/// that is not UTF-8 is a word of its own, and ends a run of blanks as the end of the text does.
void split_llama3(std::string_view text, std::vector<std::string_view>& words);

}  // namespace ecg_lora::text
