#include "split.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "ecg_lora/base/error.h"

namespace ecg_lora::text {

const char* const llama3_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

struct Splitter::Pattern {
  pcre2_code* code = nullptr;
  ~Pattern() { pcre2_code_free(code); }
};

Splitter::Splitter(const std::string& pattern) : pattern_(std::make_unique<Pattern>()) {
  int error = 0;
  PCRE2_SIZE where = 0;
  pattern_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF,
                                 &error, &where, nullptr);
  if (!pattern_->code) throw_checkpoint("the tokenizer's split pattern does not compile at character ", where, ": ", pattern, "; use the checkpoint's own tokenizer.json");
  pcre2_jit_compile(pattern_->code, PCRE2_JIT_COMPLETE);
}

Splitter::~Splitter() = default;

std::vector<std::string_view> Splitter::split(std::string_view text) const {
  std::vector<std::string_view> words;
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> match(pcre2_match_data_create(1, nullptr), pcre2_match_data_free);
  std::size_t at = 0;
  while (at < text.size()) {
    const int found = pcre2_match(pattern_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), at, 0, match.get(), nullptr);
    const auto* span = pcre2_get_ovector_pointer(match.get());
    const auto begin = found > 0 ? span[0] : text.size(), end = found > 0 ? span[1] : text.size();
    if (begin > at) words.push_back(text.substr(at, begin - at));
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    at = std::max(end, at + (end == at ? 1 : 0));
  }
  return words;
}

}  // namespace ecg_lora::text
