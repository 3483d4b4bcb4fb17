#include "expression.h"

#ifdef ECG_LORA_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#endif

#include "ecg_lora/base/error.h"

namespace ecg_lora::lora {
namespace {

[[noreturn]] void refuse_expression(std::string_view text, const std::string& problem) {
  throw_checkpoint("adapter_config.json has the expression '", text.substr(0, 200), "', which ",
                   problem, ", expected a plain regular expression; list the modules by name");
}

/// \A and \Z: Python's \Z is PCRE2's \z.
void refuse_python_syntax(const std::string& text) {
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    if (text[at] != '\\') continue;
    const char next = text[++at];
    if (next == 'A' || next == 'Z')
      refuse_expression(text, cat("uses \\", next, ", Python syntax that is not supported"));
  }
}

constexpr std::size_t longest_module = 4096;

}  // namespace

#ifdef ECG_LORA_PCRE2

namespace {

constexpr std::size_t longest_expression = 10'000;
constexpr std::uint32_t deepest_group = 100, most_steps = 1'000'000, most_kib = 16 << 10;

std::string message_of(int error) {
  unsigned char text[120];
  const int size = pcre2_get_error_message(error, text, sizeof text);
  return size > 0 ? std::string(reinterpret_cast<const char*>(text)) : std::to_string(error);
}

}  // namespace

struct Expression::Code {
  std::string text;
  pcre2_code* code = nullptr;
  pcre2_match_context* limits = pcre2_match_context_create(nullptr);
  pcre2_match_data* match = pcre2_match_data_create(1, nullptr);
  ~Code() {
    pcre2_match_data_free(match);
    pcre2_match_context_free(limits);
    pcre2_code_free(code);
  }
};

Expression::Expression(const std::string& text) : code_(std::make_unique<Code>()) {
  if (text.size() > longest_expression) refuse_expression(text, "is too long");
  refuse_python_syntax(text);
  code_->text = text;
  auto* const context = pcre2_compile_context_create(nullptr);
  pcre2_set_parens_nest_limit(context, deepest_group);
  int error = 0;
  PCRE2_SIZE where = 0;
  code_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                              PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C, &error,
                              &where, context);
  pcre2_compile_context_free(context);
  if (!code_->code)
    refuse_expression(text, cat("is wrong at character ", where, " (", message_of(error), ")"));
  pcre2_set_match_limit(code_->limits, most_steps);
  pcre2_set_depth_limit(code_->limits, most_steps);
  pcre2_set_heap_limit(code_->limits, most_kib);
}

bool Expression::matches(std::string_view name) const {
  if (name.size() > longest_module)
    throw_checkpoint("a module of the adapter has a name of ", name.size(),
                     " characters, expected at most ", longest_module,
                     "; export the adapter again");
  const int found = pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(name.data()), name.size(),
                                0, 0, code_->match, code_->limits);
  if (found < 0 && found != PCRE2_ERROR_NOMATCH)
    refuse_expression(code_->text, cat("cannot be matched (", message_of(found), ")"));
  return found >= 0;
}

#else

struct Expression::Code {};

Expression::Expression(const std::string& text) {
  refuse_python_syntax(text);
  throw_checkpoint(
      "adapter_config.json has the expression '", text.substr(0, 200),
      "', expected names of modules: this build has no PCRE2; install libpcre2-dev and "
      "build again, or list the modules by name");
}

bool Expression::matches(std::string_view name) const {
  return name.size() > longest_module;
}

#endif

Expression::~Expression() = default;

}  // namespace ecg_lora::lora
