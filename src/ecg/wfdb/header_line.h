// A header line as blank-separated fields, and its numbers.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "ecg_lora/base/error.h"

namespace ecg_lora::wfdb {

inline constexpr std::string_view kBlank = " \t\r\v\f";

class HeaderLine {
 public:
  HeaderLine(std::string_view text, std::string where) : rest_(text), where_(std::move(where)) {}

  /// Empty at the end of the line.
  std::string_view next() {
    skip_blanks();
    const std::size_t end = std::min(rest_.find_first_of(kBlank), rest_.size());
    const std::string_view field = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return field;
  }
  /// The next field, if it is meant as a number: a digit, behind a sign or a point if need be.
  /// Otherwise it is empty, and the line stays as it is.
  std::string_view next_number() {
    skip_blanks();
    const std::size_t first = std::min(rest_.find_first_not_of("+-."), rest_.size());
    const bool digit = first < rest_.size() && rest_[first] >= '0' && rest_[first] <= '9';
    return digit ? next() : std::string_view();
  }
  /// The next character that is no blank; 0 at the end of the line.
  char peek() {
    skip_blanks();
    return rest_.empty() ? '\0' : rest_.front();
  }
  /// Without blanks at either end.
  std::string_view remainder() {
    skip_blanks();
    const std::size_t last = rest_.find_last_not_of(kBlank);
    return last == std::string_view::npos ? std::string_view() : rest_.substr(0, last + 1);
  }
  /// File and line, for errors.
  const std::string& where() const { return where_; }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlank), rest_.size()));
  }

  std::string_view rest_;
  std::string where_;
};

/// All of `text` as a number, with or without a sign; floating-point numbers must be finite. Throws
/// a data error that names the field.
template <class T>
T header_number(std::string_view text, const char* what, const std::string& where) {
  T value{};
  const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
  const auto [end, status] = std::from_chars(text.data() + plus, text.data() + text.size(), value);
  if (status == std::errc::result_out_of_range) {
    throw_data(where, ": the ", what, " ", text, " is out of range; the header is damaged");
  }
  if (status != std::errc() || end != text.data() + text.size()) {
    throw_data(where, ": expected a number for the ", what, ", got '", text,
               "'; the header is damaged");
  }
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(value))
      throw_data(where, ": expected a finite ", what, ", got '", text, "'");
  }
  return value;
}

/// Splits `text` at the first of `marks`; the mark stays with the second part.
inline std::pair<std::string_view, std::string_view> split(std::string_view text,
                                                           std::string_view marks) {
  const std::size_t at = std::min(text.find_first_of(marks), text.size());
  return {text.substr(0, at), text.substr(at)};
}

}  // namespace ecg_lora::wfdb
