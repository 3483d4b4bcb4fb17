// <image> and its kin in the text of a turn.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace ecg_lora::instruct {

/// How often a text marks a page.
struct Markers {
  int image = 0;  ///< <image> and <|image|>
  int ecg = 0;    ///< <ecg>
};

/// Takes every marker out of `text`, with the blanks after it, and those at the text's end.
Markers take_markers(std::string& text);

/// Words in angle brackets that mark no page and are closed nowhere in `text`: <video>, <signal>,
/// <ECG>. Line breaks and rules of HTML are none of them.
std::set<std::string> unknown_markers(std::string_view text);

}  // namespace ecg_lora::instruct
