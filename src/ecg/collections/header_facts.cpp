#include "header_facts.h"

#include <algorithm>
#include <charconv>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/ecg/wfdb/patient_facts.h"

namespace ecg_lora::collections {
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
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return lower;
}

void read_diagnoses(std::string_view value, HeaderFacts& facts, const std::string& where) {
  facts.has_diagnoses = true;
  if (wfdb::is_unknown(lower_case(value))) return;
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
  wfdb::PatientFacts person;
  if (const auto problem = wfdb::read_comment(comment, person); !problem.empty())
    facts.problem = cat(where, ": ", problem);
  if (person.age) facts.age = static_cast<float>(*person.age);
  if (person.sex) facts.sex = person.sex;
  std::string_view value = comment;
  const std::string key = lower_case(trimmed(take(value, ':')));
  if (key == "dx") read_diagnoses(trimmed(value), facts, where);
}

/// "1989-05-14 10:02:33" of the fields behind the count of samples; empty if they are no time and
/// date.
std::string recorded_at(const std::vector<std::string_view>& words) {
  std::string fields;
  for (std::size_t i = 4; i < words.size(); ++i) fields += cat(words[i], " ");
  try {
    const auto clock = wfdb::read_clock(fields, "");
    return clock.date && clock.time ? wfdb::recorded_at(clock) : "";
  } catch (const Error&) {  // whoever reads the record says so
    return "";
  }
}

/// Reads when the recording began; the count of segments, 0 for a record of one.
std::size_t read_record_line(std::string_view line, const std::string& where, HeaderFacts& facts) {
  const auto words = fields(line);
  if (words.size() < 2)
    throw_data(where, ": expected a WFDB record line (name, signals, rate), got '",
               line.substr(0, 60), "'");
  facts.recorded = recorded_at(words);
  std::size_t segments = 0;
  if (const auto slash = words[0].find('/'); slash != std::string_view::npos)
    std::from_chars(words[0].data() + slash + 1, words[0].data() + words[0].size(), segments);
  return segments;
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
    const auto where = [&] { return cat(origin, " line ", line_number); };
    if (line.front() == '#') {
      read_comment(line.substr(1), facts, where());
    } else if (!has_record_line) {
      segments = read_record_line(line, where(), facts);
      has_record_line = true;
    } else if (facts.segments.size() < segments) {
      facts.segments.emplace_back(fields(line)[0]);
    }
  }
  if (!has_record_line)
    throw_data(origin, ": expected a WFDB record line (name, signals, rate), got an empty header");
  return facts;
}

HeaderFacts read_header_facts(const std::filesystem::path& path) {
  return parse_header_facts(read_file(path), path.string());
}

}  // namespace ecg_lora::collections
