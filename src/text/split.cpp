#include "split.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "ecg_lora/base/error.h"
#include "split_llama3.h"

namespace ecg_lora::text {

namespace {

using Match = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;

Match new_match() {
  return {pcre2_match_data_create(1, nullptr), pcre2_match_data_free};
}

PCRE2_SPTR bytes_of(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data());
}

[[noreturn]] void refuse(const std::string& pattern, const std::string& why) {
  throw_checkpoint("the tokenizer's split pattern ", why, ": ", pattern.substr(0, 200),
                   "; use the checkpoint's own tokenizer.json");
}

}  // namespace

struct Splitter::Pattern {
  std::string text;
  pcre2_code* code = nullptr;
  ~Pattern() { pcre2_code_free(code); }

  /// Whether one is found from `at` on; `match` then holds it. Checkpoint error if the search takes
  /// more steps or memory than PCRE2 allows.
  bool find(std::string_view in, std::size_t at, const Match& match) const {
    const int found = pcre2_match(code, bytes_of(in), in.size(), at, 0, match.get(), nullptr);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH)
      refuse(text, "takes too many steps for a text of " + std::to_string(in.size()) + " bytes");
    return found > 0;
  }
};

Splitter::Splitter(const std::string& pattern) {
  if (pattern == llama3_pattern) return;
  pattern_ = std::make_unique<Pattern>();
  pattern_->text = pattern;
  int error = 0;
  PCRE2_SIZE where = 0;
  pattern_->code =
      pcre2_compile(bytes_of(pattern), pattern.size(),
                    PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF, &error, &where, nullptr);
  if (!pattern_->code) refuse(pattern, "does not compile at character " + std::to_string(where));
  std::uint32_t matches_empty = 0;
  pcre2_pattern_info(pattern_->code, PCRE2_INFO_MATCHEMPTY, &matches_empty);
  if (matches_empty != 0)
    refuse(pattern, "matches the empty text, so that characters would be lost");
  pcre2_jit_compile(pattern_->code, PCRE2_JIT_COMPLETE);
  if (!pattern_->find("Is a12 ECG, \xc3\xa4 \xe5\xbf\x83?\n normal.", 0, new_match()))
    refuse(pattern, "matches nothing in a text of letters, digits, signs and spaces");
}

Splitter::~Splitter() = default;

void Splitter::split(std::string_view text, std::vector<std::string_view>& words) const {
  if (!pattern_) return split_llama3(text, words);
  const auto match = new_match();
  std::size_t at = 0;
  while (at < text.size()) {
    const bool found = pattern_->find(text, at, match);
    const auto* span = pcre2_get_ovector_pointer(match.get());
    const auto begin = found ? span[0] : text.size(), end = found ? span[1] : text.size();
    if (begin > at) words.push_back(text.substr(at, begin - at));
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    at = end;
  }
}

}  // namespace ecg_lora::text
