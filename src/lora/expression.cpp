#include "expression.h"

#include "ecg_lora/base/error.h"
#ifdef ECG_LORA_PCRE2
#include "ecg_lora/base/pattern.h"
#endif

namespace ecg_lora::lora {

#ifdef ECG_LORA_PCRE2

namespace {

constexpr std::size_t kLongestExpression = 10'000, kLongestModule = 4096;
constexpr std::uint32_t kDeepestGroup = 100, kMaxSteps = 1'000'000, kMaxKib = 16 << 10;

[[noreturn]] void refuse_expression(std::string_view text, const std::string& problem) {
  throw_checkpoint("adapter_config.json has the expression '", text.substr(0, 200), "', which ",
                   problem, ", expected a plain regular expression; list the modules by name");
}

void refuse_python_syntax(const std::string& text) {
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    if (text[at] != '\\') continue;
    const char next = text[++at];
    if (next == 'A' || next == 'Z')
      refuse_expression(text, cat("uses \\", next, ", Python syntax that is not supported"));
  }
}

}  // namespace

struct Expression::Code {
  std::string text;
  PatternOwner<pcre2_code> code;
  PatternOwner<pcre2_match_context> limits{pcre2_match_context_create(nullptr)};
};

Expression::Expression(const std::string& text) : code_(std::make_unique<Code>()) {
  if (text.size() > kLongestExpression) refuse_expression(text, "is too long");
  refuse_python_syntax(text);
  auto compiled = compile_pattern(
      text, PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C, kDeepestGroup);
  if (!compiled.code)
    refuse_expression(text,
                      cat("is wrong at character ", compiled.where, " (", compiled.problem, ")"));
  code_->text = text;
  code_->code = std::move(compiled.code);
  pcre2_set_match_limit(code_->limits.get(), kMaxSteps);
  pcre2_set_depth_limit(code_->limits.get(), kMaxSteps);
  pcre2_set_heap_limit(code_->limits.get(), kMaxKib);
}

bool Expression::matches(std::string_view name) const {
  if (name.size() > kLongestModule)
    throw_checkpoint("a module of the adapter has a name of ", name.size(),
                     " characters, expected at most ", kLongestModule,
                     "; export the adapter again");
  const int found = pcre2_match(code_->code.get(), pattern_bytes(name), name.size(), 0, 0,
                                new_match().get(), code_->limits.get());
  if (found < 0 && found != PCRE2_ERROR_NOMATCH)
    refuse_expression(code_->text, cat("cannot be matched (", pattern_error(found), ")"));
  return found >= 0;
}

#else

struct Expression::Code {};

Expression::Expression(const std::string& text) {
  throw_checkpoint(
      "adapter_config.json has the expression '", text.substr(0, 200),
      "', expected names of modules: this build has no PCRE2; install libpcre2-dev and "
      "build again, or list the modules by name");
}

bool Expression::matches(std::string_view) const {
  return false;
}  // none can be made

#endif

Expression::~Expression() = default;

}  // namespace ecg_lora::lora
