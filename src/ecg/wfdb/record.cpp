#include "ecg_lora/ecg/wfdb/record.h"

#include <limits>
#include <span>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "formats.h"
#include "header.h"
#include "header_warnings.h"
#include "parts.h"
#include "physical.h"
#include "samples.h"
#include "signal_file.h"

namespace ecg_lora::wfdb {
namespace {

/// One past the last of the signals that share the file of signal `begin`. Throws if a later
/// signal names it again.
std::size_t end_of_group(const std::filesystem::path& header_path, const Header& header,
                         std::size_t begin) {
  const std::string& file = header.signals[begin].file;
  std::size_t end = begin;
  while (end < header.signals.size() && header.signals[end].file == file) ++end;
  for (std::size_t i = end; i < header.signals.size(); ++i) {
    if (header.signals[i].file != file || file == "~") continue;
    throw_data(
        header_path.string(), ": signal ", i + 1, " is in ", file,
        " again, expected the signals of a file to follow each other; the header is damaged");
  }
  return end;
}

/// Leads whose signals no file holds: invalid throughout. `bytes`: what the files of the record
/// come to.
void fill_null_signals(const std::filesystem::path& header_path, const Header& header,
                       std::size_t frames, std::size_t bytes, const ReadOptions& options,
                       Record& record) {
  std::size_t left = sample_allowance(bytes);
  for (std::size_t i = 0; i < header.signals.size(); ++i) {
    const SignalLine& signal = header.signals[i];
    if (signal.format != 0) continue;
    record.leads[i] = empty_lead(signal, options);
    const std::size_t each = record.leads[i].samples_per_frame;
    if (frames > left / each) {
      throw_data(header_path.string(), ": signal ", i + 1, " is a null signal of ", frames, " x ",
                 each, " samples, more than a record of ", bytes,
                 " bytes stands for; the header is damaged");
    }
    left -= frames * each;
    record.leads[i].samples.assign(frames * each, std::numeric_limits<double>::quiet_NaN());
  }
}

}  // namespace

const Lead& Record::lead(const std::string& wanted) const {
  for (const Lead& lead : leads)
    if (lead.name == wanted) return lead;
  throw_data("record ", name, ": expected a lead ", wanted, ", got the leads ",
             joined(leads, &Lead::name));
}

Record start_record(const Header& header) {
  return {header.name, header.sampling_rate(), {}, header.comments, header.clock};
}

Record read_single(const std::filesystem::path& header_path, const Header& header,
                   const ReadOptions& options) {
  Record record = start_record(header);
  record.leads.resize(header.signals.size());
  std::optional<std::size_t> frames = header.length;
  std::size_t bytes = 0;
  for (std::size_t begin = 0, end = 0; begin < header.signals.size(); begin = end) {
    end = end_of_group(header_path, header, begin);
    const std::span<const SignalLine> group(header.signals.data() + begin, end - begin);
    for (const SignalLine& signal : group) format_of(signal.format, header_path.string());
    if (group.front().format == 0) continue;
    const auto path = header_path.parent_path() / group.front().file;
    const Samples samples = read_samples(path, group, header.length);
    bytes += samples.file_bytes;
    if (frames && *frames != samples.frames) {
      throw_data(path.string(), ": holds ", samples.frames, " samples per signal, expected ",
                 *frames, " as in the files before it; one of them is truncated");
    }
    frames = samples.frames;
    std::size_t column = 0;
    for (std::size_t i = begin; i < end; column += header.signals[i++].samples_per_frame)
      record.leads[i] = to_physical(header.signals[i], samples, column, options, path);
  }
  if (!frames)
    throw_data(header_path.string(),
               ": expected a count of samples, for no file holds any of its signals");
  fill_null_signals(header_path, header, *frames, bytes, options, record);
  return record;
}

Record read_record(const std::filesystem::path& path, const ReadOptions& options) {
  std::filesystem::path header_path = path;
  if (header_path.extension() != ".hea") header_path += ".hea";
  const Header header = parse_header(SignalFile(header_path).read_all(), header_path.string());
  Record record =
      (header.segments.empty() ? read_single : read_segments)(header_path, header, options);
  warn_of_names(record, header_path.string());
  return record;
}

}  // namespace ecg_lora::wfdb
