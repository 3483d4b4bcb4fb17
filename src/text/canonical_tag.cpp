#include "canonical_tag.h"

namespace ecg_lora::text {
namespace {

bool is_blank(char c) {
  return std::string_view(" \t\n\v\f").find(c) != std::string_view::npos;
}

bool is_word(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) > 127;
}

/// A string literal, quotes included. Escapes other than of line ends, quotes and backslashes stay.
std::string canonical_string(std::string_view literal) {
  std::string result = "\"";
  for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
    if (literal[i] == '\\' && i + 2 < literal.size()) {
      const char next = literal[++i];
      if (next == '\n') continue;  // Python joins the lines
      if (next != '\'') result += '\\';
      result += next;
    } else if (literal[i] == '\n') {
      result += "\\n";
    } else {
      if (literal[i] == '"') result += '\\';
      result += literal[i];
    }
  }
  return result + '"';
}

}  // namespace

std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (auto i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == text[at])
      return i + 1;
  }
  return text.size();
}

std::string canonical_tag(std::string_view inner) {
  std::string result;
  bool apart = false;
  for (std::size_t at = 0; at < inner.size();) {
    if (is_blank(inner[at])) {
      apart = true;
      ++at;
      continue;
    }
    if (apart && !result.empty() && is_word(result.back()) && is_word(inner[at])) result += ' ';
    apart = false;
    if (inner[at] == '\'' || inner[at] == '"') {
      const auto end = end_of_string(inner, at);
      result += canonical_string(inner.substr(at, end - at));
      at = end;
    } else {
      result += inner[at++];
    }
  }
  return result;
}

}  // namespace ecg_lora::text
