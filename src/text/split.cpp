#include "split.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "ecg_lora/base/error.h"
#include "split_llama3.h"

namespace ecg_lora::text {

struct Splitter::Pattern {
  pcre2_code* code = nullptr;
  ~Pattern() { pcre2_code_free(code); }
};

Splitter::Splitter(const std::string& pattern) {
  if (pattern == llama3_pattern) return;
  pattern_ = std::make_unique<Pattern>();
  int error = 0;
  PCRE2_SIZE where = 0;
  pattern_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF,
                                 &error, &where, nullptr);
  if (!pattern_->code) throw_checkpoint("the tokenizer's split pattern does not compile at character ", where, ": ", pattern, "; use the checkpoint's own tokenizer.json");
  pcre2_jit_compile(pattern_->code, PCRE2_JIT_COMPLETE);
}

Splitter::~Splitter() = default;

void Splitter::split(std::string_view text, std::vector<std::string_view>& words) const {
  if (!pattern_) return split_llama3(text, words);
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
}

}  // namespace ecg_lora::text
