// A text split into words by a tokenizer's own pattern.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::text {

class Splitter {
 public:
  /// `pattern` in PCRE2 syntax; checkpoint error if it does not compile, can match the empty text,
  /// or matches nothing. Llama 3's pattern is matched by split_llama3().
  explicit Splitter(const std::string& pattern);
  ~Splitter();

  /// Appends the matches, and what lies between them, in order. Invalid UTF-8 is left to itself.
  void split(std::string_view text, std::vector<std::string_view>& words) const;

 private:
  struct Pattern;
  std::unique_ptr<Pattern> pattern_;  ///< null for Llama 3's
};

}  // namespace ecg_lora::text
