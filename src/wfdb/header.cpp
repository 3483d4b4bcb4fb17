#include "header.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "ecg_lora/base/error.h"

namespace ecg_lora::wfdb {
namespace {

constexpr std::string_view kBlank = " \t\r";

/// A header line as a sequence of blank-separated fields.
class Line {
 public:
  Line(std::string_view text, std::string where) : rest_(text), where_(std::move(where)) {}

  /// Empty at the end of the line.
  std::string_view next() {
    skip_blanks();
    const std::size_t end = std::min(rest_.find_first_of(kBlank), rest_.size());
    const std::string_view field = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return field;
  }
  std::string_view remainder() {
    skip_blanks();
    const std::size_t last = rest_.find_last_not_of(kBlank);
    return last == std::string_view::npos ? std::string_view() : rest_.substr(0, last + 1);
  }
  const std::string& where() const { return where_; }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlank), rest_.size())); }

  std::string_view rest_;
  std::string where_;
};

template <class T>
T number(std::string_view text, const char* what, const std::string& where) {
  T value{};
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size()) {
    throw_data(where, ": expected a number for the ", what, ", got '", text, "'; the header is damaged");
  }
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(value)) throw_data(where, ": expected a finite ", what, ", got '", text, "'");
  }
  return value;
}

/// Splits `text` at the first of `marks`; the mark stays with the second part.
std::pair<std::string_view, std::string_view> split(std::string_view text, std::string_view marks) {
  const std::size_t at = std::min(text.find_first_of(marks), text.size());
  return {text.substr(0, at), text.substr(at)};
}

void parse_record_line(Line line, Header& header, std::size_t& signals) {
  const std::string_view name = line.next();
  if (name.find('/') != std::string_view::npos) {
    throw_data(line.where(), ": '", name, "' is a multi-segment record; expected a record of one segment");
  }
  header.name = name;
  signals = number<std::size_t>(line.next(), "count of signals", line.where());
  if (const auto rate = split(line.next(), "/(").first; !rate.empty()) {
    header.sampling_rate = number<double>(rate, "sampling rate", line.where());
  }
  if (header.sampling_rate <= 0) {
    throw_data(line.where(), ": expected a sampling rate above 0 Hz, got ", header.sampling_rate);
  }
  if (const auto length = line.next(); !length.empty()) {
    const auto samples = number<std::size_t>(length, "count of samples", line.where());
    if (samples > 0) header.length = samples;
  }
}

/// `16`, `16x1`, `16+24`, `16:0`.
void parse_format(std::string_view field, SignalLine& signal, const std::string& where) {
  auto [format, options] = split(field, "x:+");
  signal.format = number<int>(format, "signal format", where);
  while (!options.empty()) {
    const char kind = options.front();
    const auto [digits, rest] = split(options.substr(1), "x:+");
    const auto value = number<std::uint32_t>(digits, "signal format option", where);
    if (kind == '+') signal.byte_offset = value;
    if (kind == 'x' && value != 1) throw_data(where, ": expected 1 sample a frame, got ", value);
    if (kind == ':' && value != 0) throw_data(where, ": expected a skew of 0 samples, got ", value);
    options = rest;
  }
}

/// `1000.0(0)/mV`, `1000/mV`, `200`. Returns whether the baseline is stated; where it is not, the ADC zero
/// stands in.
bool parse_gain(std::string_view field, SignalLine& signal, const std::string& where) {
  const auto [gain, tail] = split(field, "(/");
  const double value = number<double>(gain, "gain", where);
  if (value != 0) signal.gain = value;
  const auto [baseline, unit] = split(tail, "/");
  if (!unit.empty()) signal.unit = unit.substr(1);
  if (baseline.empty()) return false;
  if (baseline.back() != ')') throw_data(where, ": expected the baseline in brackets, got '", baseline, "'");
  signal.baseline = number<int>(baseline.substr(1, baseline.size() - 2), "baseline", where);
  return true;
}

SignalLine parse_signal_line(Line line) {
  const std::string& where = line.where();
  SignalLine signal;
  signal.file = line.next();
  const std::string_view format = line.next();
  if (format.empty()) throw_data(where, ": expected a file name and a signal format");
  parse_format(format, signal, where);
  bool has_baseline = false;
  if (const auto gain = line.next(); !gain.empty()) has_baseline = parse_gain(gain, signal, where);
  if (const auto resolution = line.next(); !resolution.empty())
    number<int>(resolution, "ADC resolution", where);
  if (const auto zero = line.next(); !zero.empty()) {
    const int adc_zero = number<int>(zero, "ADC zero", where);
    if (!has_baseline) signal.baseline = adc_zero;
  }
  if (const auto initial = line.next(); !initial.empty()) {
    signal.initial_value = number<int>(initial, "initial value", where);
  }
  if (const auto sum = line.next(); !sum.empty()) {
    signal.checksum = static_cast<std::uint16_t>(number<std::int64_t>(sum, "checksum", where));
  }
  if (const auto block = line.next(); !block.empty()) number<int>(block, "block size", where);
  signal.description = line.remainder();
  return signal;
}

}  // namespace

Header parse_header(std::string_view text, const std::string& origin) {
  Header header;
  bool has_record_line = false;
  std::size_t signals = 0, line_number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    content.remove_prefix(std::min(content.find_first_not_of(kBlank), content.size()));
    if (content.empty()) continue;
    if (content.front() == '#') {
      header.comments.emplace_back(Line(content.substr(1), "").remainder());
      continue;
    }
    Line line(content, cat(origin, " line ", line_number));
    if (has_record_line) {
      if (header.signals.size() < signals) header.signals.push_back(parse_signal_line(std::move(line)));
    } else {
      parse_record_line(std::move(line), header, signals);
      has_record_line = true;
    }
  }
  if (!has_record_line)
    throw_data(origin, ": expected a WFDB record line (name, signals, rate), got an empty header");
  if (header.signals.size() != signals) {
    throw_data(origin, ": expected ", signals, " signal lines, got ", header.signals.size(),
               "; the header is truncated");
  }
  if (signals == 0) throw_data(origin, ": expected at least one signal, got 0");
  return header;
}

std::uint16_t checksum_of(const std::int16_t* samples, std::size_t count, std::size_t stride) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += static_cast<std::uint16_t>(samples[i * stride]);
  return static_cast<std::uint16_t>(sum);
}

}  // namespace ecg_lora::wfdb
