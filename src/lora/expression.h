// Regular expressions of adapter_config.json, which strangers write.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace ecg_lora::lora {

/// An expression as Python's re.fullmatch() takes it, look-around and back-references included. It
/// can neither hang nor crash: its length and nesting are bounded, as are the steps and the memory
/// of a match. \A and \Z are refused: \Z means another place in Python than in PCRE2.
class Expression {
 public:
  /// Checkpoint error if it is no expression, longer than 10,000 characters, nested more than 100
  /// deep, or this build has no PCRE2.
  explicit Expression(const std::string& text);
  ~Expression();
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;

  /// Whether it matches all of `name`. Checkpoint error if that takes too many steps, or `name` is
  /// longer than 4096 characters.
  bool matches(std::string_view name) const;

 private:
  struct Code;
  std::unique_ptr<Code> code_;
};

}  // namespace ecg_lora::lora
