// A small tokenizer made from a corpus, in sentencepiece's and in Hugging Face's files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ecg_lora::text {

/// Trains byte-pair encoding of `vocabulary` pieces on `corpus` and writes
/// `folder`/tokenizer.model. The special tokens of the chat template, "Yes", "No" and the blank
/// line are pieces of their own; other bytes fall back to byte pieces; text is not normalised and
/// no space is put before it. Deterministic. Usage error if the corpus is too small for the
/// vocabulary.
void train_sentencepiece(const std::vector<std::string>& corpus, int vocabulary,
                         const std::filesystem::path& folder);

/// Writes tokenizer.json (the same tokenizer for the tokenizers library), tokenizer_config.json,
/// special_tokens_map.json and chat_template.jinja next to `folder`/tokenizer.model.
void write_hf_tokenizer(const std::filesystem::path& folder);

}  // namespace ecg_lora::text
