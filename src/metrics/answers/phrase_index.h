// Phrases found in tokens.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tokens.h"

namespace ecg_lora::metrics {

/// Finds the longest of its phrases at a token. The words of a phrase stand side by side, or with a
/// slash, a bracket or the phrase's own mark between them: "bigeminal pattern (unknown origin, SV
/// or ventricular)".
class PhraseIndex {
 public:
  struct Match {
    std::size_t id = 0, words = 0;  ///< words: 0 where nothing matches
    std::size_t end = 0;            ///< the token behind it
  };
  /// Of equal phrases the first one counts; a phrase without a word is none.
  void add(std::string_view phrase, std::size_t id);
  Match at(const std::vector<Token>& tokens, std::size_t i) const;

 private:
  struct Phrase {
    std::vector<Token> words;
    std::vector<Token::Kind> marks;  ///< the first one before each word; Kind::word: none
    bool closes = false;             ///< ends with a bracket
    std::size_t id = 0;
  };
  std::unordered_map<std::string, std::vector<Phrase>> by_first_;  ///< longest first
};

}  // namespace ecg_lora::metrics
