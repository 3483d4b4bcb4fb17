// Byte-level BPE behind the tokenizer interface.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "ecg_lora/text/tokenizer.h"
#include "special_tokens.h"
#include "split.h"
#include "vocabulary.h"

namespace ecg_lora::text {

class BpeTokenizer : public Tokenizer {
 public:
  /// `whole_words`: a word that is a token is that token ("ignore_merges" of tokenizer.json).
  BpeTokenizer(Vocabulary vocabulary, Specials specials, const std::string& pattern,
               bool whole_words);

  std::vector<std::int64_t> encode(std::string_view text) const override;
  std::string decode(const std::vector<std::int64_t>& ids, bool skip_special) const override;
  std::optional<std::int64_t> id(std::string_view token) const override;
  std::int64_t size() const override { return size_; }

 private:
  Vocabulary vocabulary_;
  SpecialTokens specials_;
  std::unordered_map<std::int64_t, std::string> special_text_;
  Splitter splitter_;
  bool whole_words_;
  std::int64_t size_;
};

}  // namespace ecg_lora::text
