#include "split.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/pattern.h"
#include "split_llama3.h"

namespace ecg_lora::text {

namespace {

using Match = PatternOwner<pcre2_match_data>;

[[noreturn]] void refuse(const std::string& pattern, const std::string& why) {
  throw_checkpoint("the tokenizer's split pattern ", why, ": ", pattern.substr(0, 200),
                   "; use the checkpoint's own tokenizer.json");
}

}  // namespace

struct Splitter::Pattern {
  std::string text;
  PatternOwner<pcre2_code> code;

  /// Whether one is found from `at` on; `match` then holds it. Checkpoint error if the search takes
  /// more steps or memory than PCRE2 allows.
  bool find(std::string_view in, std::size_t at, const Match& match) const {
    const int found =
        pcre2_match(code.get(), pattern_bytes(in), in.size(), at, 0, match.get(), nullptr);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH)
      refuse(text, "takes too many steps for a text of " + std::to_string(in.size()) + " bytes");
    return found > 0;
  }
};

Splitter::Splitter(const std::string& pattern) {
  if (pattern == kLlama3Pattern) return;
  pattern_ = std::make_unique<Pattern>();
  pattern_->text = pattern;
  auto compiled = compile_pattern(pattern, PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF);
  if (!compiled.code)
    refuse(pattern, "does not compile at character " + std::to_string(compiled.where));
  pattern_->code = std::move(compiled.code);
  std::uint32_t matches_empty = 0;
  pcre2_pattern_info(pattern_->code.get(), PCRE2_INFO_MATCHEMPTY, &matches_empty);
  if (matches_empty != 0)
    refuse(pattern, "matches the empty text, so that characters would be lost");
  pcre2_jit_compile(pattern_->code.get(), PCRE2_JIT_COMPLETE);
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
