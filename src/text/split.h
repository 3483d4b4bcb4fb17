// Llama 3's split of a text into words, by PCRE2 (the pattern has a look-ahead).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::text {

class Splitter {
 public:
  /// `pattern` in PCRE2 syntax; checkpoint error where it does not compile.
  explicit Splitter(const std::string& pattern);
  ~Splitter();

  /// The matches, and what lies between them, in order. Invalid UTF-8 is split into bytes.
  std::vector<std::string_view> split(std::string_view text) const;

 private:
  struct Pattern;
  std::unique_ptr<Pattern> pattern_;
};

/// The pattern of Llama 3 (llama_models, tokenizer.py).
extern const char* const llama3_pattern;

}  // namespace ecg_lora::text
