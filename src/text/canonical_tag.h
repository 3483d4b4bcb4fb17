// Expressions of Jinja tags without what is only notation.
#pragma once

#include <string>
#include <string_view>

namespace ecg_lora::text {

/// What stands in a tag with blanks only between words, and with strings in double quotes, their
/// line ends and quotes written as escapes.
std::string canonical_tag(std::string_view inner);

/// Behind the string literal that begins at `at`; the end of `text` if it does not end.
std::size_t end_of_string(std::string_view text, std::size_t at);

}  // namespace ecg_lora::text
