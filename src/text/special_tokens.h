// Special tokens, and how a text is cut at them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ecg_lora::text {

using Specials = std::vector<std::pair<std::string, std::int64_t>>;

/// Those of Llama 3 that the chat template uses, in the order in which the small tokenizer numbers
/// them.
const std::vector<std::string>& special_tokens();

/// A stretch of plain text, or one special token.
struct Part {
  std::string_view text;
  std::int64_t special = -1;  ///< id, or -1 for plain text
};

class SpecialTokens {
 public:
  SpecialTokens() = default;
  explicit SpecialTokens(const Specials& specials);

  /// Hands the parts of `text` to `take`: leftmost token first, longest if two begin together.
  /// No part is empty.
  template <class Take>
  void cut(std::string_view text, Take take) const {
    std::size_t plain = 0;
    for (std::size_t at = 0; (at = text.find_first_of(first_, at)) != std::string_view::npos;) {
      const auto part = longest_at(text.substr(at));
      if (part.special < 0) {
        ++at;
        continue;
      }
      if (at > plain) take(Part{text.substr(plain, at - plain), -1});
      take(part);
      plain = at += part.text.size();
    }
    if (plain < text.size()) take(Part{text.substr(plain), -1});
  }
  std::optional<std::int64_t> id(std::string_view token) const;

 private:
  /// The longest token that `text` begins with; special is -1 if there is none.
  Part longest_at(std::string_view text) const;

  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> ids_;
  std::string first_;                 ///< bytes that tokens begin with
  std::vector<std::size_t> lengths_;  ///< of tokens, longest first
};

}  // namespace ecg_lora::text
