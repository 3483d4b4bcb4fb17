// Tokenizers behind one interface.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::text {

/// Text to token ids and back. Thread-safe.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// Token ids of `text`, with special tokens such as <|eot_id|> in it recognised. Nothing is added
  /// before or after.
  virtual std::vector<std::int64_t> encode(std::string_view text) const = 0;
  /// Text of `ids`; special tokens are left out if `skip_special`.
  virtual std::string decode(const std::vector<std::int64_t>& ids,
                             bool skip_special = true) const = 0;
  /// Id of a special token or piece, for example "<|image|>".
  virtual std::optional<std::int64_t> id(std::string_view token) const = 0;
  /// Number of ids, special tokens included.
  virtual std::int64_t size() const = 0;
};

/// Loads the tokenizer of a model folder: tokenizer.json (BPE), else tokenizer.model (Llama 3's
/// tiktoken ranks or a sentencepiece model, known by content). Throws a checkpoint error if
/// none is there or it is damaged.
std::unique_ptr<Tokenizer> load_tokenizer(const std::filesystem::path& folder);

/// What load_tokenizer() would load, in words, for example "sentencepiece (tokenizer.model)"; the
/// same error if it would load nothing.
std::string tokenizer_kind(const std::filesystem::path& folder);

}  // namespace ecg_lora::text
