#include <cctype>

#include "ecg_lora/metrics/texts/text_metrics.h"

namespace ecg_lora::metrics {
namespace {

bool digit(char c) {
  return c >= '0' && c <= '9';
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// Python's str.split() splits at these beyond ASCII.
std::string with_plain_spaces(std::string text) {
  for (const char* space :
       {"\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82",
        "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87",
        "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9",
        "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"})
    replace_all(text, space, " ");
  return text;
}

/// ASCII punctuation that 13a sets apart, all but ' , - .
bool set_apart(char c) {
  return (c >= '{' && c <= '~') || (c >= '[' && c <= '`') || (c >= ' ' && c <= '&') ||
         (c >= '(' && c <= '+') || (c >= ':' && c <= '@') || c == '/';
}

/// Rewrites each pair of neighbours for which match(a, b) holds, left to right and without overlap,
/// as a regular expression's substitution does.
template <class Match>
std::string rewrite(const std::string& text, Match match, bool before, bool after) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i + 1 >= text.size() || !match(text[i], text[i + 1])) {
      result += text[i];
      continue;
    }
    result += before ? std::string{' ', text[i], ' ', text[i + 1]}
                     : std::string{text[i], ' ', text[i + 1]};
    if (after) result += ' ';
    ++i;
  }
  return result;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
    if (!space) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

}  // namespace

std::vector<std::string> tokens_13a(std::string_view text) {
  std::string line = with_plain_spaces(std::string(text));
  while (!line.empty() && (line.back() == ' ' || (line.back() >= '\t' && line.back() <= '\r') ||
                           (line.back() >= '\x1c' && line.back() <= '\x1f')))
    line.pop_back();
  for (const auto& [from, to] : {std::pair{"<skipped>", ""},
                                 {"-\n", ""},
                                 {"\n", " "},
                                 {"&quot;", "\""},
                                 {"&amp;", "&"},
                                 {"&lt;", "<"},
                                 {"&gt;", ">"}})
    replace_all(line, from, to);
  std::string spaced = " ";
  for (const char c : line + " ")
    spaced += set_apart(c) ? std::string{' ', c, ' '} : std::string{c};
  const auto stop = [](char c) { return c == '.' || c == ','; };
  spaced = rewrite(spaced, [&](char a, char b) { return !digit(a) && stop(b); }, false, true);
  spaced = rewrite(spaced, [&](char a, char b) { return stop(a) && !digit(b); }, true, false);
  spaced = rewrite(spaced, [&](char a, char b) { return digit(a) && b == '-'; }, false, true);
  return split(spaced);
}

std::vector<std::string> tokens_rouge(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    plain += (lower >= 'a' && lower <= 'z') || digit(lower) ? lower : ' ';
  }
  return split(plain);
}

}  // namespace ecg_lora::metrics
