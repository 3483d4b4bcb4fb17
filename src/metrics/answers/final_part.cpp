// Where in a text the answer stands.
#include <optional>

#include "ecg_lora/metrics/answers/answers.h"
#include "tokens.h"

namespace ecg_lora::metrics {
namespace {

using Mark = Token::Kind;

/// The contents of \boxed{…}; of several on the last line from the first to the last.
std::optional<std::string_view> boxed(std::string_view text) {
  constexpr std::string_view mark = "\\boxed{";
  const auto last = text.rfind(mark);
  if (last == text.npos) return std::nullopt;
  const auto line = text.rfind('\n', last);
  const auto begin = text.find(mark, line == text.npos ? 0 : line) + mark.size();
  int depth = 1;
  auto end = last + mark.size();
  for (; end < text.size(); ++end) {
    depth += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
    if (depth == 0) break;
  }
  return text.substr(begin, end - begin);
}

/// The token behind "Answer:", "the answer is", "Final answer" on a line of its own; nothing where
/// `i` begins none of them.
std::optional<std::size_t> behind_marker(const std::vector<Token>& tokens, std::size_t i) {
  const auto& word = tokens[i].text;
  const bool answer = is_any_of(word, {"answer", "antwort", "svar", "svaret", "letter"});
  if (tokens[i].kind != Mark::word ||
      !(answer || is_any_of(word, {"option", "choice", "alternativet"})))
    return std::nullopt;
  const auto kind = [&](std::size_t k) {
    return k < tokens.size() ? tokens[k].kind : Mark::newline;
  };
  if (answer && kind(i + 1) == Mark::colon) return i + 2;
  if (answer && kind(i + 1) == Mark::newline && i + 1 < tokens.size() && i > 0 &&
      tokens[i - 1].text == "final")
    return i + 2;
  if (kind(i + 1) == Mark::word && is_any_of(tokens[i + 1].text, {"is", "ist", "är", "lautet"}))
    return kind(i + 2) == Mark::colon ? i + 3 : i + 2;
  return std::nullopt;
}

}  // namespace

std::string_view final_part(std::string_view text) {
  constexpr std::string_view thought = "</think>", open = "<answer>", close = "</answer>";
  if (const auto at = text.rfind(thought); at != text.npos) text.remove_prefix(at + thought.size());
  if (const auto at = text.rfind(open); at != text.npos) {
    text.remove_prefix(at + open.size());
    text = text.substr(0, text.find(close));
  }
  if (const auto box = boxed(text)) return *box;
  const auto tokens = tokens_of(text);
  for (auto i = tokens.size(); i-- > 0;)
    if (const auto behind = behind_marker(tokens, i))
      return *behind < tokens.size() ? text.substr(tokens[*behind].begin) : std::string_view();
  return text;
}

}  // namespace ecg_lora::metrics
