#include "header.h"

#include "clock.h"
#include "ecg_lora/base/inside.h"
#include "header_line.h"

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
  if (!frequency.empty()) {
    header.clock.counter_frequency = header_number<double>(frequency.substr(1), "counter frequency", where);
  }
  if (base.empty()) return;
  if (base.back() != ')') throw_data(where, ": expected the base counter in brackets, got '", base, "'");
  header.clock.base_counter = header_number<double>(base.substr(1, base.size() - 2), "base counter", where);
}

/// Returns the stated count of segments, 0 where there is none.
std::size_t parse_record_line(HeaderLine line, Header& header) {
  const auto [name, segments] = split(line.next(), "/");
  header.name = name;
  header.signal_count = header_number<std::size_t>(line.next(), "count of signals", line.where());
  if (const auto rates = line.next(); !rates.empty()) parse_rates(rates, header, line.where());
  if (const auto length = line.next(); !length.empty()) {
    const auto frames = header_number<std::size_t>(length, "count of samples", line.where());
    if (frames > 0) header.length = frames;
  }
  parse_base_time(line.remainder(), line.where(), header.clock);
  if (segments.empty()) return 0;
  const auto count = header_number<std::size_t>(segments.substr(1), "count of segments", line.where());
  if (count == 0) throw_data(line.where(), ": expected at least one segment, got 0");
  return count;
}

/// `16`, `212x4:3+24`: format, samples a frame, skew, offset.
void parse_format(std::string_view field, SignalLine& signal, const std::string& where) {
  auto [format, options] = split(field, "x:+");
  signal.format = header_number<int>(format, "signal format", where);
  while (!options.empty()) {
    const char kind = options.front();
    const auto [digits, rest] = split(options.substr(1), "x:+");
    const auto value = header_number<std::uint32_t>(digits,
                                                    kind == 'x'   ? "samples a frame"
                                                    : kind == ':' ? "skew"
                                                                  : "byte offset",
                                                    where);
    if (kind == 'x' && value == 0) throw_data(where, ": expected at least 1 sample a frame, got 0");
    (kind == 'x' ? signal.samples_per_frame : kind == ':' ? signal.skew : signal.offset) = value;
    options = rest;
  }
}

/// `1000.0(0)/mV`, `1000/mV`, `200`. Returns whether the baseline is stated; where it is not, the ADC zero
/// stands in.
bool parse_gain(std::string_view field, SignalLine& signal, const std::string& where) {
  const auto [gain, tail] = split(field, "(/");
  const double value = header_number<double>(gain, "gain", where);
  if (value != 0) signal.gain = value;  // 0: uncalibrated, WFDB's default stands
  if (!std::isnormal(signal.gain)) throw_data(where, ": expected a gain above 1e-300, got ", gain);
  const auto [baseline, unit] = split(tail, "/");
  if (unit.size() > 1) signal.unit = unit.substr(1);
  if (baseline.empty()) return false;
  if (baseline.back() != ')') throw_data(where, ": expected the baseline in brackets, got '", baseline, "'");
  signal.baseline = header_number<std::int64_t>(baseline.substr(1, baseline.size() - 2), "baseline", where);
  return true;
}

/// Files of a record lie in its folder: a header from elsewhere must not read others.
void check_name(const std::string& where, const std::string& name) {
  if (leads_out(name))
    throw_data(where, ": expected a name within the record's folder, got ", name,
               "; move the file there");
}

SignalLine parse_signal_line(HeaderLine line) {
  const std::string& where = line.where();
  SignalLine signal;
  signal.file = line.next();
  const std::string_view format = line.next();
  if (format.empty()) throw_data(where, ": expected a file name and a signal format");
  check_name(where, signal.file);
  parse_format(format, signal, where);
  bool has_baseline = false;
  if (const auto gain = line.next(); !gain.empty()) has_baseline = parse_gain(gain, signal, where);
  if (const auto bits = line.next(); !bits.empty()) header_number<int>(bits, "ADC resolution", where);
  if (const auto zero = line.next(); !zero.empty()) {
    signal.adc_zero = header_number<int>(zero, "ADC zero", where);
    if (!has_baseline) signal.baseline = signal.adc_zero;
  }
  if (const auto initial = line.next(); !initial.empty()) {
    signal.initial_value = header_number<int>(initial, "initial value", where);
  }
  if (const auto sum = line.next(); !sum.empty()) {
    signal.checksum = static_cast<std::uint16_t>(header_number<std::int64_t>(sum, "checksum", where));
  }
  if (const auto block = line.next(); !block.empty()) header_number<int>(block, "block size", where);
  signal.description = line.remainder();
  return signal;
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

/// Throws where the header holds other than `expected` lines after the record line.
void check_count(const char* what, std::size_t expected, std::size_t got, const std::string& origin) {
  if (got == expected) return;
  throw_data(origin, ": expected ", expected, ' ', what, " lines, got ", got, "; the header is ",
             got < expected ? "truncated" : "damaged");
}

}  // namespace

Header parse_header(std::string_view text, const std::string& origin) {
  Header header;
  std::size_t segments = 0, line_number = 0;
  bool has_record_line = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    content.remove_prefix(std::min(content.find_first_not_of(kBlank), content.size()));
    if (content.empty()) continue;
    if (content.front() == '#') {
      header.comments.emplace_back(HeaderLine(content.substr(1), "").remainder());
      continue;
    }
    HeaderLine line(content, origin + " line " + std::to_string(line_number));
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
