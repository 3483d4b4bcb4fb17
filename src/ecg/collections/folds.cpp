#include "ecg_lora/ecg/collections/folds.h"

#include <charconv>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/hash.h"

namespace ecg_lora::collections {
namespace {

int parse_fold(const std::string& text, const std::string& expected) {
  int value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size() || value < 1 || value > 10)
    throw_usage(expected, ", got '", text, "'");
  return value;
}

}  // namespace

int fold_of(std::uint64_t seed, std::string_view key) {
  const std::string digest = sha256(cat(seed, ':', key));
  return static_cast<int>(std::stoull(digest.substr(0, 16), nullptr, 16) % 10) + 1;
}

std::vector<int> parse_folds(const std::string& text, char separator, const std::string& expected) {
  std::vector<int> folds;
  std::istringstream spans(text);
  for (std::string span; std::getline(spans, span, separator);) {
    const auto dash = span.find('-');
    const int first = parse_fold(span.substr(0, dash), expected);
    const int last =
        dash == std::string::npos ? first : parse_fold(span.substr(dash + 1), expected);
    for (int fold = first; fold <= last; ++fold) folds.push_back(fold);
  }
  return folds;
}

std::string fold_text(const std::vector<int>& folds) {
  std::string text;
  for (std::size_t i = 0; i < folds.size();) {
    std::size_t end = i;
    while (end + 1 < folds.size() && folds[end + 1] == folds[end] + 1) ++end;
    text += (text.empty() ? "" : ", ") + std::to_string(folds[i]) +
            (end > i ? "-" + std::to_string(folds[end]) : "");
    i = end + 1;
  }
  return text.empty() ? "none" : text;
}

}  // namespace ecg_lora::collections
