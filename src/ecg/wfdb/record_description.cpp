#include "ecg_lora/ecg/wfdb/record_description.h"

#include <algorithm>
#include <span>

#include "ecg_lora/base/error.h"
#include "header.h"
#include "physical.h"
#include "samples.h"
#include "signal_file.h"

namespace ecg_lora::wfdb {
namespace {

namespace fs = std::filesystem;

Header header_at(const fs::path& path) {
  return parse_header(SignalFile(path).read_all(), path.string());
}

SignalDescription describe(const SignalLine& line) {
  return {line.description,
          line.file,
          line.format,
          line.samples_per_frame,
          line.skew,
          line.offset,
          line.gain,
          line.baseline,
          line.unit,
          line.adc_zero,
          line.initial_value,
          line.checksum,
          {}};
}

/// Sum of all samples of the signal at `column` of a frame, modulo 65536.
std::uint16_t sum_of(const Samples& samples, std::size_t column, std::size_t each) {
  const auto add = [&](const auto& values) {
    std::uint32_t sum = 0;
    for (std::size_t k = 0; k < each; ++k)
      sum += checksum_of(values.data() + column + k, samples.frames, samples.width);
    return static_cast<std::uint16_t>(sum);
  };
  return std::visit(add, samples.values);
}

/// Sums of the signals whose files can be read; what keeps the others from it is said by
/// read_record.
void add_sums(const fs::path& folder, const Header& header,
              std::vector<SignalDescription>& signals) {
  const auto& lines = header.signals;
  for (std::size_t begin = 0, end = 0; begin < lines.size(); begin = end) {
    while (end < lines.size() && lines[end].file == lines[begin].file) ++end;
    if (lines[begin].format == 0) continue;
    try {
      const auto samples = read_samples(
          folder / lines[begin].file, std::span(lines).subspan(begin, end - begin), header.length);
      std::size_t column = 0;
      for (auto i = begin; i < end; column += lines[i++].samples_per_frame)
        signals[i].sum = sum_of(samples, column, lines[i].samples_per_frame);
    } catch (const Error&) {
      continue;
    }
  }
}

/// The signals of the first segment that is no gap, if its header can be read; read_record says why
/// if not.
void add_first_segment(const fs::path& folder, const Header& header,
                       std::vector<SignalDescription>& signals) {
  const auto& segments = header.segments;
  const auto first = std::find_if(segments.begin(), segments.end(),
                                  [](const auto& segment) { return segment.name != "~"; });
  if (first == segments.end()) return;
  try {
    for (const auto& line : header_at(folder / (first->name + ".hea")).signals)
      signals.push_back(describe(line));
  } catch (const Error&) {
    return;
  }
}

}  // namespace

RecordDescription describe_record(const fs::path& path) {
  auto header_path = path;
  if (header_path.extension() != ".hea") header_path += ".hea";
  const auto header = header_at(header_path);
  RecordDescription result{header_path,
                           header.name,
                           header.sampling_rate(),
                           header.length,
                           header.clock,
                           header.comments,
                           {},
                           {},
                           ""};
  try {
    result.length = read_record(header_path, {.smooth_frames = true}).length();
  } catch (const Error& error) {
    result.problem = error.what();
  }
  for (const auto& segment : header.segments)
    result.segments.push_back({segment.name, segment.length});
  for (const auto& line : header.signals) result.signals.push_back(describe(line));
  add_sums(header_path.parent_path(), header, result.signals);
  add_first_segment(header_path.parent_path(), header, result.signals);
  return result;
}

}  // namespace ecg_lora::wfdb
