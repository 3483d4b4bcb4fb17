// Characters of UTF-8 text, as far as answers need them.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace ecg_lora::metrics {

/// A code point and its length in bytes; a byte that begins none stands for itself.
std::pair<char32_t, std::size_t> code_point(std::string_view text, std::size_t i);

bool ascii_letter(char c);
/// ASCII letters and digits, and all beyond ASCII but marks, arrows, boxes and other symbols.
bool letter(char32_t c);
/// Straight or typographic, and what is typed in its place.
bool apostrophe(char32_t c);
bool dash(char32_t c);
/// Check marks, crosses and boxes, which are words of one sign.
bool check_mark(char32_t c);

/// ASCII and Latin-1 letters in lower case, ß as ss.
std::string lower(std::string_view text);

}  // namespace ecg_lora::metrics
