// Texts as words and marks, the input of everything that reads answers.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::metrics {

/// A word in lower case (ASCII and Latin-1 letters, ß as ss), or a mark that parts words.
struct Token {
  enum class Kind {
    word,
    comma,    ///< , and dashes between words
    colon,    ///< : = and arrows
    bar,      ///< | and a tab
    open,     ///< (
    close,    ///< )
    closing,  ///< ] and }, which end a list
    slash,    ///< /
    stop,     ///< . ; ! at the end of a sentence
    asks,     ///< ?
    newline,
  };
  Kind kind = Kind::word;
  std::string text;
  int sentence = 0;
  std::size_t begin = 0;  ///< first byte
};

/// Hyphens within words and all other marks only part words. Contractions are written out
/// ("doesn’t": does not), a box is a word ("[x]": ✓, "[ ]": ✗). A stop ends a sentence unless it
/// stands between digits or in an abbreviation ("e.g.", "z. B."). Linear in the text's length, and
/// defined for any bytes.
std::vector<Token> tokens_of(std::string_view text);

bool is_any_of(const std::string& word, std::initializer_list<const char*> words);

}  // namespace ecg_lora::metrics
