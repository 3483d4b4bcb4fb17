#include "markers.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace ecg_lora::instruct {
namespace {

constexpr std::array<std::string_view, 3> kMarkers{"<image>", "<|image|>", "<ecg>"};
constexpr std::array<std::string_view, 4> kOfHtml{"<br>", "<hr>", "<p>", "<li>"};
constexpr std::size_t kLongestMarker = 32;

bool is_blank(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

int take(std::string& text, std::string_view word) {
  int count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at), ++count) {
    auto end = at + word.size();
    while (end < text.size() && is_blank(text[end])) ++end;
    const bool joins_words =
        at > 0 && !is_blank(text[at - 1]) && end < text.size() && end > at + word.size();
    text.erase(at, end - at - (joins_words ? 1 : 0));
  }
  return count;
}

}  // namespace

Markers take_markers(std::string& text) {
  Markers found;
  found.image = take(text, kMarkers[0]) + take(text, kMarkers[1]);
  found.ecg = take(text, kMarkers[2]);
  if (found.image + found.ecg > 0)
    while (!text.empty() && is_blank(text.back())) text.pop_back();
  return found;
}

std::set<std::string> unknown_markers(std::string_view text) {
  std::set<std::string> found;
  for (auto at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    auto end = at + 1;
    if (end == text.size() || std::isalpha(static_cast<unsigned char>(text[end])) == 0) continue;
    while (end < text.size() && end - at < kLongestMarker && is_word(text[end])) ++end;
    if (end == text.size() || text[end] != '>') continue;
    const auto word = text.substr(at, end + 1 - at);
    const auto is = [&](std::string_view known) { return known == word; };
    const bool known = std::any_of(kMarkers.begin(), kMarkers.end(), is) ||
                       std::any_of(kOfHtml.begin(), kOfHtml.end(), is);
    const auto closing = "</" + std::string(word.substr(1));
    if (!known && text.find(closing) == std::string_view::npos) found.emplace(word);
  }
  return found;
}

}  // namespace ecg_lora::instruct
