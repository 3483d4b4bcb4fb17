#include "ecg_lora/ecg/wfdb/patient_facts.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base_time.h"
#include "ecg_lora/base/error.h"

namespace ecg_lora::wfdb {
namespace {

constexpr double kAbove89 = 300, kOldest = 300;
constexpr std::string_view kBlanks = " \t\r", kEnds = " \t\r,;<";

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string_view without_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, std::min(text.find_first_of(kEnds), text.size()));
}

/// What follows `key` and a colon in `lower`, a comment in lower case; nothing if the key is not
/// there.
std::optional<std::string_view> value_of(std::string_view lower, std::string_view key) {
  for (auto at = lower.find(key); at != std::string_view::npos; at = lower.find(key, at + 1)) {
    const auto before = at > 0 ? static_cast<unsigned char>(lower[at - 1]) : ' ';
    if (std::isalnum(before) != 0 || before == '_') continue;
    auto rest = lower.substr(at + key.size());
    if (rest.starts_with('>')) rest.remove_prefix(1);
    rest = without_blanks(rest);
    if (rest.starts_with(':')) return without_blanks(rest.substr(1));
  }
  return std::nullopt;
}

/// Of the unit behind an age, in a year; letters may follow the number at once, as DICOM has it.
std::optional<double> years_of(std::string_view unit, bool attached) {
  if (unit.empty()) return 1;
  for (const auto& [name, years] : {std::pair<std::string_view, double>{"years", 1},
                                    {"yrs", 1},
                                    {"months", 1.0 / 12},
                                    {"weeks", 7 / 365.25},
                                    {"days", 1 / 365.25}})
    if (name.starts_with(unit) && (attached || unit.size() > 1)) return years;
  return attached ? std::nullopt : std::optional<double>(1);
}

std::string read_age(std::string_view value, PatientFacts& facts) {
  if (is_unknown(first_word(value))) return "";
  auto rest = value;
  const bool greater = rest.starts_with('>');
  if (greater) rest = without_blanks(rest.substr(1));
  double age = 0;
  const auto [end, status] = std::from_chars(rest.data(), rest.data() + rest.size(), age);
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  const bool more = rest.starts_with('+');
  if (more) rest.remove_prefix(1);
  const auto attached = first_word(rest);
  const auto years =
      years_of(attached.empty() ? first_word(without_blanks(rest)) : attached, !attached.empty());
  if (status != std::errc() || !years || !std::isfinite(age) || age > kOldest)
    return cat("expected an age in years, got '", value.substr(0, 40), "'");
  age *= *years;
  // Unknown ages are written -1 in some copies.
  if (age >= 0) facts.age = (greater || more) && age >= 89 ? kAbove89 : age;
  return "";
}

std::string read_sex(std::string_view value, PatientFacts& facts) {
  const auto word = first_word(value);
  if (is_unknown(word)) return "";
  if (word.front() != 'm' && word.front() != 'f' && word.front() != 'w')
    return cat("expected the sex Male or Female, got '", value.substr(0, 40), "'");
  facts.sex = word.front() == 'm' ? 0 : 1;
  return "";
}

}  // namespace

bool is_unknown(std::string_view word) {
  constexpr std::array<std::string_view, 7> words{"", "nan", "unknown", "n/a", "none", "?", "-"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string read_comment(std::string_view comment, PatientFacts& facts) {
  const auto lower = lower_case(comment);
  std::string problem;
  if (const auto age = value_of(lower, "age")) problem = read_age(*age, facts);
  for (const char* key : {"sex", "gender"})
    if (const auto sex = value_of(lower, key))
      if (auto wrong = read_sex(*sex, facts); problem.empty()) problem = std::move(wrong);
  if (const auto id = value_of(lower, "subject_id"))
    if (const auto word = first_word(*id); !is_unknown(word)) facts.id = word;
  return problem;
}

std::string recorded_at(const Clock& clock) {
  char text[64];
  std::string recorded;
  if (clock.date) {
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(clock.date->year()),
                  static_cast<unsigned>(clock.date->month()),
                  static_cast<unsigned>(clock.date->day()));
    recorded = text;
  }
  if (!clock.time) return recorded;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*clock.time).count();
  std::snprintf(text, sizeof text, "%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return recorded + (recorded.empty() ? "" : " ") + text;
}

Clock read_clock(std::string_view fields, const std::string& where) {
  Clock clock;
  parse_base_time(fields, where, clock);
  return clock;
}

PatientFacts facts_of(const Record& record) {
  PatientFacts facts;
  for (const auto& comment : record.comments) read_comment(comment, facts);
  facts.recorded = recorded_at(record.clock);
  return facts;
}

PatientFacts complete(PatientFacts first, const PatientFacts& second) {
  if (first.id.empty()) first.id = second.id;
  if (!first.age) first.age = second.age;
  if (!first.sex) first.sex = second.sex;
  if (first.recorded.empty()) first.recorded = second.recorded;
  return first;
}

}  // namespace ecg_lora::wfdb
