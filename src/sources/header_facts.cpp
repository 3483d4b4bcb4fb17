#include "header_facts.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora::sources {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// Takes the part before `mark` off the front of `text`.
std::string_view take(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

std::vector<std::string_view> fields(std::string_view line) {
  std::vector<std::string_view> words;
  while (!(line = trimmed(line)).empty()) {
    const std::size_t end = std::min(line.find_first_of(kBlank), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

bool is_unknown(std::string_view value) {
  const std::string lower = lower_case(value);
  return lower.empty() || lower == "nan" || lower == "unknown" || lower == "n/a" || lower == "none";
}

void read_age(std::string_view value, HeaderFacts& facts, const std::string& where) {
  if (is_unknown(value)) return;
  float age = 0;
  const auto [end, status] = std::from_chars(value.data(), value.data() + value.size(), age);
  if (status != std::errc() || end != value.data() + value.size() || !std::isfinite(age)) {
    facts.problem = cat(where, ": expected an age in years, got '", value, "'");
    return;
  }
  // Unknown ages are written -1 in some copies.
  if (age >= 0) facts.age = age;
}

void read_sex(std::string_view value, HeaderFacts& facts, const std::string& where) {
  if (is_unknown(value)) return;
  const char first = static_cast<char>(std::toupper(static_cast<unsigned char>(value.front())));
  if (first == 'M' || first == 'F') {
    facts.sex = first == 'F';
  } else {
    facts.problem = cat(where, ": expected the sex Male or Female, got '", value, "'");
  }
}

void read_diagnoses(std::string_view value, HeaderFacts& facts, const std::string& where) {
  facts.has_diagnoses = true;
  if (is_unknown(value)) return;
  while (!value.empty()) {
    const std::string_view code = trimmed(take(value, ','));
    if (code.empty()) continue;
    if (code.size() > 18 ||
        !std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      facts.problem = cat(where, ": expected SNOMED codes separated by commas, got '", code, "'");
      return;
    }
    facts.diagnoses.emplace_back(code);
  }
}

void read_comment(std::string_view comment, HeaderFacts& facts, const std::string& where) {
  std::string_view value = comment;
  const std::string key = lower_case(trimmed(take(value, ':')));
  value = trimmed(value);
  if (key == "age") read_age(value, facts, where);
  if (key == "sex") read_sex(value, facts, where);
  if (key == "dx") read_diagnoses(value, facts, where);
}

/// "1989-05-14 10:02:33" of the fields 10:02:33 and 14/05/1989 (day first); empty where they are no such
/// pair.
std::string recorded_at(std::string_view time, std::string_view date) {
  int h = 0, m = 0, s = 0, day = 0, month = 0, year = 0;
  if (std::sscanf(std::string(time).c_str(), "%d:%d:%d", &h, &m, &s) < 2) return "";
  if (std::sscanf(std::string(date).c_str(), "%d/%d/%d", &day, &month, &year) != 3) return "";
  const bool valid = h >= 0 && h < 24 && m >= 0 && m < 60 && s >= 0 && s < 60 && day >= 1 && day <= 31 &&
                     month >= 1 && month <= 12 && year >= 1 && year <= 9999;
  if (!valid) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d", year, month, day, h, m, s);
  return text;
}

}  // namespace

HeaderFacts parse_header_facts(std::string_view text, const std::string& origin) {
  HeaderFacts facts;
  std::size_t line_number = 0, segments = 0;
  bool has_record_line = false;
  while (!text.empty()) {
    const std::string_view line = trimmed(take(text, '\n'));
    ++line_number;
    if (line.empty()) continue;
    if (line.front() == '#') {
      read_comment(line.substr(1), facts, cat(origin, " line ", line_number));
      continue;
    }
    const auto words = fields(line);
    if (has_record_line) {
      if (facts.segments.size() < segments) facts.segments.emplace_back(words[0]);
      continue;
    }
    has_record_line = true;
    if (words.size() < 2)
      throw_data(origin, " line ", line_number, ": expected a WFDB record line (name, signals, rate), got '",
                 line.substr(0, 60), "'");
    const std::size_t slash = words[0].find('/');
    if (slash != std::string_view::npos) {
      std::from_chars(words[0].data() + slash + 1, words[0].data() + words[0].size(), segments);
    }
    if (words.size() >= 6) facts.recorded = recorded_at(words[4], words[5]);
  }
  if (!has_record_line)
    throw_data(origin, ": expected a WFDB record line (name, signals, rate), got an empty header");
  return facts;
}

HeaderFacts read_header_facts(const std::filesystem::path& path) {
  return parse_header_facts(read_file(path), path.string());
}

}  // namespace ecg_lora::sources
