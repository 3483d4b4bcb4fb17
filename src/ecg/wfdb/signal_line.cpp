#include "signal_line.h"

#include "ecg_lora/base/inside.h"

namespace ecg_lora::wfdb {
namespace {

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

/// `1000.0(0)/mV`, `1000/mV`, `200`; each part may be blank: `(0)/mV`, `/mV`, `200()/`. Returns
/// whether the baseline is stated; if it is not, the ADC zero stands in.
bool parse_gain(std::string_view field, SignalLine& signal, const std::string& where) {
  const auto [gain, tail] = split(field, "(/");
  const double value = gain.empty() ? 0 : header_number<double>(gain, "gain", where);
  if (value != 0) signal.gain = value;  // 0: uncalibrated, WFDB's default stands
  if (!std::isnormal(signal.gain)) throw_data(where, ": expected a gain above 1e-300, got ", gain);
  const auto [baseline, unit] = split(tail, "/");
  if (unit.size() > 1) signal.unit = unit.substr(1);
  if (baseline.empty() || baseline == "()") return false;
  if (baseline.back() != ')')
    throw_data(where, ": expected the baseline in brackets, got '", baseline, "'");
  signal.baseline =
      header_number<std::int64_t>(baseline.substr(1, baseline.size() - 2), "baseline", where);
  return true;
}

/// The gain's field; empty if the line goes on with the description.
std::string_view next_gain(HeaderLine& line) {
  const char first = line.peek();
  if (first == '(' || first == '/') return line.next();
  HeaderLine rest = line;
  const auto word = rest.next();
  const bool no_number = word.starts_with("nan") || word.starts_with("inf");  // refused by name
  return no_number ? line.next() : line.next_number();
}

/// Resolution, zero, initial value, checksum and block size, as many as there are.
void parse_numbers(HeaderLine& line, bool has_baseline, SignalLine& signal) {
  const std::string& where = line.where();
  if (const auto bits = line.next_number(); !bits.empty())
    header_number<int>(bits, "ADC resolution", where);
  if (const auto zero = line.next_number(); !zero.empty()) {
    signal.adc_zero = header_number<int>(zero, "ADC zero", where);
    if (!has_baseline) signal.baseline = signal.adc_zero;
  }
  if (const auto initial = line.next_number(); !initial.empty())
    signal.initial_value = header_number<int>(initial, "initial value", where);
  const auto sum = line.next_number(), block = line.next_number();
  if (!sum.empty()) {
    const auto value = header_number<std::int64_t>(sum, "checksum", where);
    // A 0 that ends the numbers early is the block size, behind a blank field.
    if (value != 0 || !block.empty()) signal.checksum = static_cast<std::uint16_t>(value);
  }
  if (!block.empty()) header_number<int>(block, "block size", where);
}

}  // namespace

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
  if (const auto gain = next_gain(line); !gain.empty())
    has_baseline = parse_gain(gain, signal, where);
  parse_numbers(line, has_baseline, signal);
  signal.description = line.remainder();
  return signal;
}

}  // namespace ecg_lora::wfdb
