// A sentencepiece BPE that Hugging Face's tools keep as tokenizer.json.
#pragma once

#include <filesystem>
#include <string>

namespace ecg_lora::text {

/// Whether the file is a tokenizer.json with a BPE model that falls back to bytes, as conversions
/// of sentencepiece models are. Checkpoint error if it is damaged.
bool is_sentencepiece_json(const std::filesystem::path& file);

/// The sentencepiece model (a serialised ModelProto of sentencepiece_model.proto) from which such a
/// file was made: transformers 5 saves a tokenizer without its tokenizer.model. A piece's score is
/// the rank of the merges that make it, which puts merges into the file's order. Checkpoint error
/// for a tokenizer that no sentencepiece model stands for: another normalizer than spaces as
/// U+2581, a pre-tokenizer, or merges of one piece that are not neighbours in their order.
std::string sentencepiece_of_json(const std::filesystem::path& file);

}  // namespace ecg_lora::text
