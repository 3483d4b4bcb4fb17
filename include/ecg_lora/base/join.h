// Items of a list as messages and pages name them.
#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <string>

#include "ecg_lora/base/error.h"

namespace ecg_lora {

/// "a, b and 3 more": at most `most` of the items, each as operator<< prints it or what `text` (a
/// function or a member) makes of it.
template <class Items, class Text = std::identity>
std::string joined_at_most(std::size_t most, const Items& items, Text text = {},
                           const char* separator = ", ") {
  std::string result;
  std::size_t shown = 0;
  for (const auto& item : items) {
    if (shown == most) return cat(result, " and ", std::size(items) - most, " more");
    result += cat(shown++ ? separator : "", std::invoke(text, item));
  }
  return result;
}

/// "a, b, c": all of them.
template <class Items, class Text = std::identity>
std::string joined(const Items& items, Text text = {}, const char* separator = ", ") {
  return joined_at_most(std::size(items), items, text, separator);
}

/// "a, b or c": all of them.
template <class Items, class Text = std::identity>
std::string joined_or(const Items& items, Text text = {}) {
  std::string result;
  std::size_t shown = 0;
  for (const auto& item : items) {
    const char* separator = shown == 0 ? "" : shown + 1 < std::size(items) ? ", " : " or ";
    result += cat(separator, std::invoke(text, item));
    ++shown;
  }
  return result;
}

}  // namespace ecg_lora
