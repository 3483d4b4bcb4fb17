// Compiled expressions of PCRE2. Only for files of modules that link it.
#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ecg_lora {

/// Frees what PCRE2 allocated.
struct FreePattern {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_compile_context* context) const { pcre2_compile_context_free(context); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
template <class Thing>
using PatternOwner = std::unique_ptr<Thing, FreePattern>;

/// `text` as PCRE2 takes it.
inline PCRE2_SPTR pattern_bytes(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data());
}

/// What PCRE2 says of an error code.
inline std::string pattern_error(int code) {
  unsigned char text[120];
  const int size = pcre2_get_error_message(code, text, sizeof text);
  return size > 0 ? std::string(reinterpret_cast<const char*>(text)) : std::to_string(code);
}

/// Room for the place of one match.
inline PatternOwner<pcre2_match_data> new_match() {
  return PatternOwner<pcre2_match_data>(pcre2_match_data_create(1, nullptr));
}

/// A compiled expression, or the place and the reason why it is none.
struct CompiledPattern {
  PatternOwner<pcre2_code> code;
  std::size_t where = 0;
  std::string problem;
};

/// `options` are PCRE2's; groups may be nested `nesting` deep.
inline CompiledPattern compile_pattern(std::string_view text, std::uint32_t options,
                                       std::uint32_t nesting = 250) {
  const PatternOwner<pcre2_compile_context> context(pcre2_compile_context_create(nullptr));
  pcre2_set_parens_nest_limit(context.get(), nesting);
  int error = 0;
  PCRE2_SIZE where = 0;
  PatternOwner<pcre2_code> code(
      pcre2_compile(pattern_bytes(text), text.size(), options, &error, &where, context.get()));
  if (code) return {std::move(code), 0, ""};
  return {nullptr, where, pattern_error(error)};
}

}  // namespace ecg_lora
