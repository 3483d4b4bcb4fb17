#include "header.h"

#include <algorithm>

#include "base_time.h"
#include "header_line.h"
#include "header_warnings.h"
#include "lead_name.h"
#include "signal_line.h"

namespace ecg_lora::wfdb {
namespace {

/// `360/360.5(10)`: sampling rate, counter frequency, base counter.
void parse_rates(std::string_view field, Header& header, const std::string& where) {
  const auto [rate, counter] = split(field, "/(");
  header.stated_rate = header_number<double>(rate, "sampling rate", where);
  if (*header.stated_rate <= 0) {
    throw_data(where, ": expected a sampling rate above 0 Hz, got ", *header.stated_rate);
  }
  const auto [frequency, base] = split(counter, "(");
  if (frequency.size() > 1) {
    header.clock.counter_frequency =
        header_number<double>(frequency.substr(1), "counter frequency", where);
  }
  if (base.empty()) return;
  if (base.back() != ')')
    throw_data(where, ": expected the base counter in brackets, got '", base, "'");
  if (base == "()") return;
  header.clock.base_counter =
      header_number<double>(base.substr(1, base.size() - 2), "base counter", where);
}

/// What follows the name's last '/' is a count of segments; a record has no folder in its name.
void check_record_name(std::string_view name, const std::string& where) {
  const auto slash = name.rfind('/');
  const bool counted = name.find_first_not_of("0123456789+-", slash + 1) == std::string_view::npos;
  if (slash == std::string_view::npos || (counted && name.find('/') == slash)) return;
  throw_data(where, ": expected the record's name without a folder, got '", name, "'; write '",
             name.substr(slash + 1), "', or if a number of segments is meant, NAME/NUMBER");
}

/// Returns the stated count of segments, or 0 if there is none.
std::size_t parse_record_line(HeaderLine line, Header& header) {
  const auto whole = line.next();
  check_record_name(whole, line.where());
  const auto [name, segments] = split(whole, "/");
  header.name = name;
  header.signal_count = header_number<std::size_t>(line.next(), "count of signals", line.where());
  if (const auto rates = line.next(); !rates.empty()) parse_rates(rates, header, line.where());
  if (const auto length = line.next(); !length.empty()) {
    const auto frames = header_number<std::size_t>(length, "count of samples", line.where());
    if (frames > 0) header.length = frames;
  }
  parse_base_time(line.remainder(), line.where(), header.clock);
  if (segments.empty()) return 0;
  const auto count =
      header_number<std::size_t>(segments.substr(1), "count of segments", line.where());
  if (count == 0) throw_data(line.where(), ": expected at least one segment, got 0");
  return count;
}

Segment parse_segment_line(HeaderLine line, bool first) {
  Segment segment;
  segment.name = line.next();
  check_name(line.where(), segment.name);
  segment.length = header_number<std::size_t>(line.next(), "length of the segment", line.where());
  if (segment.length == 0 && (!first || segment.name == "~")) {
    throw_data(line.where(), ": expected a length above 0 for segment ", segment.name,
               "; only the layout segment, which comes first, has none");
  }
  return segment;
}

/// Takes a comment off the end of `line`, and returns it: `… 0 II # by hand`. A `#` that begins a
/// word
/// ("EEG #1") begins a comment only behind the name of one of the twelve leads.
std::string_view take_comment(std::string_view& line) {
  for (auto at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || kBlank.find(line[at - 1]) == std::string_view::npos) continue;
    const auto before = line.substr(0, line.find_last_not_of(kBlank, at - 1) + 1);
    const auto word = before.substr(before.find_last_of(kBlank) + 1);
    if (at + 1 < line.size() && kBlank.find(line[at + 1]) == std::string_view::npos &&
        standard_lead(word) == nullptr)
      continue;
    const auto comment = line.substr(at + 1);
    line = before;
    return comment;
  }
  return {};
}

/// Throws if the header holds other than `expected` lines after the record line.
void check_count(const char* what, std::size_t expected, std::size_t got,
                 const std::string& origin) {
  if (got == expected) return;
  throw_data(origin, ": expected ", expected, ' ', what, " lines, got ", got, "; the header is ",
             got < expected ? "truncated" : "damaged");
}

/// The next line of `text` without the blanks before it, and takes it off.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
  return line;
}

/// Takes a comment behind what else a line says off it.
void take_trailing_comment(std::string_view& content, const std::string& where, Header& header) {
  const auto comment = HeaderLine(take_comment(content), "").remainder();
  if (comment.empty()) return;
  header.comments.emplace_back(comment);
  warn_once_per_kind(HeaderWarning::comment_behind_a_line,
                     cat(where, ": what follows the # was read as a comment, '", comment, "'"));
}

}  // namespace

Header parse_header(std::string_view text, const std::string& origin) {
  Header header;
  std::size_t segments = 0, line_number = 0;
  bool has_record_line = false;
  while (!text.empty()) {
    std::string_view content = take_line(text);
    ++line_number;
    if (content.empty()) continue;
    if (content.front() == '#') {
      header.comments.emplace_back(HeaderLine(content.substr(1), "").remainder());
      continue;
    }
    const std::string where = origin + " line " + std::to_string(line_number);
    take_trailing_comment(content, where, header);
    HeaderLine line(content, where);
    if (!has_record_line) {
      segments = parse_record_line(std::move(line), header);
      has_record_line = true;
    } else if (segments > 0) {
      header.segments.push_back(parse_segment_line(std::move(line), header.segments.empty()));
    } else {
      header.signals.push_back(parse_signal_line(std::move(line)));
    }
  }
  if (!has_record_line)
    throw_data(origin, ": expected a WFDB record line (name, signals, rate), got an empty header");
  if (segments > 0) check_count("segment", segments, header.segments.size(), origin);
  if (segments == 0) check_count("signal", header.signal_count, header.signals.size(), origin);
  if (header.signal_count == 0) throw_data(origin, ": expected at least one signal, got 0");
  return header;
}

}  // namespace ecg_lora::wfdb
