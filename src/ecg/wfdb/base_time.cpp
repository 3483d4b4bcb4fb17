#include "base_time.h"

#include <algorithm>
#include <array>

#include "header_line.h"

namespace ecg_lora::wfdb {
namespace {

namespace chrono = std::chrono;

/// One or two digits (four in a year) up to `mark` or the end, which are taken off `text`.
bool take(std::string_view& text, std::size_t digits, std::string_view mark, unsigned& value) {
  const auto [field, rest] = split(text, mark);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (field.empty() || field.size() > digits || !std::all_of(field.begin(), field.end(), is_digit))
    return false;
  std::from_chars(field.data(), field.data() + field.size(), value);
  text = rest.empty() ? rest : rest.substr(1);
  return true;
}

std::optional<chrono::microseconds> time_of_day(std::string_view text) {
  auto [clock, fraction] = split(text, ".");
  unsigned microseconds = 0;
  if (!fraction.empty()) {
    std::string_view digits = fraction.substr(1);
    const std::size_t count = digits.size();
    if (!take(digits, 6, ".", microseconds) || !digits.empty()) return {};
    for (std::size_t i = count; i < 6; ++i) microseconds *= 10;
  }
  unsigned seconds = 0;
  const auto fields = 1 + std::count(clock.begin(), clock.end(), ':');
  if (fields > 3) return {};
  for (auto field = fields; field > 0; --field) {
    unsigned value = 0;
    if (!take(clock, 2, ":", value) || value >= (field == 3 ? 24u : 60u)) return {};
    seconds = 60 * seconds + value;
  }
  return chrono::seconds(seconds) + chrono::microseconds(microseconds);
}

/// `mark` is '/' between numbers, '-' around the name of the month.
std::optional<chrono::year_month_day> date_of(std::string_view text, std::string_view mark) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  unsigned day = 0, month = 0, year = 0;
  if (!take(text, 2, mark, day)) return {};
  if (mark == "-") {
    const auto name = std::find(kMonths.begin(), kMonths.end(), text.substr(0, 3));
    if (name == kMonths.end() || text.size() < 4 || text[3] != '-') return {};
    month = static_cast<unsigned>(name - kMonths.begin()) + 1;
    text.remove_prefix(4);
  } else if (!take(text, 2, mark, month)) {
    return {};
  }
  if (!take(text, 4, mark, year) || !text.empty()) return {};
  const chrono::year_month_day date(chrono::year(static_cast<int>(year)), chrono::month(month),
                                    chrono::day(day));
  return date.ok() ? std::optional(date) : std::nullopt;
}

}  // namespace

void parse_base_time(std::string_view text, const std::string& where, Clock& clock) {
  HeaderLine fields(text, where);
  for (std::string_view field = fields.next(); !field.empty(); field = fields.next()) {
    const bool slashes = field.find('/') != std::string_view::npos;
    if (slashes || field.find('-') != std::string_view::npos) {
      const auto date = date_of(field, slashes ? "/" : "-");
      if (!date || clock.date) {
        throw_data(where, ": expected a base date DD/MM/YYYY, got '", field,
                   "'; the header is damaged");
      }
      clock.date = date;
    } else {
      const auto time = time_of_day(field);
      if (!time || clock.time) {
        throw_data(where, ": expected a base time HH:MM:SS, got '", field,
                   "'; the header is damaged");
      }
      clock.time = time;
    }
  }
}

}  // namespace ecg_lora::wfdb
