#include "canonical_template.h"

#include <algorithm>
#include <utility>

#include "canonical_tag.h"

namespace ecg_lora::text {
namespace {

constexpr std::string_view kTemplateBlanks = " \t\n\v\f";

/// Line ends as Jinja's lexer reads them; one at the end of the template is dropped.
std::string with_plain_lines(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r')
      result += text[i];
    else if (i + 1 == text.size() || text[i + 1] != '\n')
      result += '\n';
  if (result.ends_with('\n')) result.pop_back();
  return result;
}

bool is_tag(std::string_view text, std::size_t at) {
  return at + 1 < text.size() && text[at] == '{' &&
         (text[at + 1] == '{' || text[at + 1] == '%' || text[at + 1] == '#');
}

std::size_t next_tag(std::string_view text, std::size_t at) {
  while (at < text.size() && !is_tag(text, at)) ++at;
  return at;
}

/// Behind the tag that begins at `at`; brackets in its strings do not end it.
std::size_t end_of_tag(std::string_view text, std::size_t at) {
  const char kind = text[at + 1] == '{' ? '}' : text[at + 1];
  for (auto i = at + 2; i + 1 < text.size();) {
    if (text[i] == kind && text[i + 1] == '}') return i + 2;
    const bool string = kind != '#' && (text[i] == '\'' || text[i] == '"');
    i = string ? end_of_string(text, i) : i + 1;
  }
  return text.size();
}

/// What stands between two tags, cut from one end and then from the other.
struct Between {
  std::string_view text;
  bool begins_line;

  /// `sign` of the end of the tag before it, which is a block or a comment if `block`.
  void after_tag(char sign, bool block) {
    begins_line = false;
    if (sign == '-')
      text.remove_prefix(std::min(text.size(), text.find_first_not_of(kTemplateBlanks)));
    else if (sign != '+' && block && text.starts_with('\n'))
      text.remove_prefix(1), begins_line = true;
  }
  /// `sign` of the beginning of the tag after it.
  void before_tag(char sign, bool block) {
    if (sign == '-') {
      text = text.substr(0, text.find_last_not_of(kTemplateBlanks) + 1);
    } else if (sign != '+' && block) {
      const auto line = text.rfind('\n') + 1;
      const bool at_begin = line > 0 || begins_line;
      if (at_begin && text.find_first_not_of(kTemplateBlanks, line) == std::string_view::npos)
        text = text.substr(0, line);
    }
  }
};

char sign_at(std::string_view text, std::size_t at) {
  return at < text.size() && (text[at] == '-' || text[at] == '+') ? text[at] : ' ';
}

}  // namespace

std::string canonical_template(std::string_view chat_template) {
  const auto plain = with_plain_lines(chat_template);
  const std::string_view text = plain;
  std::string result;
  char sign = ' ';
  bool block = false, first = true;
  for (std::size_t at = 0; at <= text.size();) {
    const auto tag = next_tag(text, at);
    Between between{text.substr(at, tag - at), first};
    if (!std::exchange(first, false)) between.after_tag(sign, block);
    if (tag == text.size()) return result.append(between.text);
    const auto end = end_of_tag(text, tag);
    block = text[tag + 1] != '{';
    between.before_tag(sign_at(text, tag + 2), block);
    result += between.text;
    auto inner = text.substr(tag + 2, end - tag - std::min<std::size_t>(4, end - tag));
    sign = inner.empty() ? ' ' : sign_at(inner, inner.size() - 1);
    if (text[tag + 1] != '#') {
      if (sign != ' ') inner.remove_suffix(1);
      if (sign_at(inner, 0) != ' ') inner.remove_prefix(1);
      result.append(text.substr(tag, 2))
          .append(canonical_tag(inner))
          .append(text.substr(end - 2, 2));
    }
    at = end;
  }
  return result;
}

}  // namespace ecg_lora::text
