// Multi-segment records, of fixed layout (every segment has the same signals) and of variable
// layout (a first segment without samples names all signals, and each other segment has some of
// them).
#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "ecg_lora/base/error.h"
#include "parts.h"
#include "physical.h"
#include "samples.h"
#include "signal_file.h"

namespace ecg_lora::wfdb {
namespace {

namespace fs = std::filesystem;

/// A multi-segment record while it is put together.
struct Assembly {
  fs::path header_path;
  const Header& header;
  const ReadOptions& options;
  bool variable = false;                        ///< layout
  std::map<std::string, Header> segments = {};  ///< headers by name, without gaps
  const Header* layout = nullptr;               ///< the header that names the signals
  std::size_t frames = 0;                       ///< of the whole record

  fs::path path_of(const std::string& segment) const {
    return header_path.parent_path() / (segment + ".hea");
  }
};

/// Throws if the header of a segment does not fit the record's line for it.
void check_segment(const Assembly& whole, const Segment& line, const Header& segment) {
  const std::string path = whole.path_of(line.name).string();
  if (!segment.segments.empty())
    throw_data(path, ": is a multi-segment record within ", whole.header.name,
               ", expected one segment");
  if (segment.stated_rate && *segment.stated_rate != whole.header.sampling_rate()) {
    throw_data(path, ": is sampled at ", *segment.stated_rate, " Hz, expected ",
               whole.header.sampling_rate(), " Hz as in ", whole.header_path.string());
  }
  if (segment.length && *segment.length != line.length) {
    throw_data(path, ": states ", *segment.length, " samples per signal, but ",
               whole.header_path.string(), " states ", line.length);
  }
}

void load_headers(Assembly& whole) {
  const auto& lines = whole.header.segments;
  whole.variable = lines.front().length == 0;
  for (const Segment& line : lines) {
    if (line.length > std::numeric_limits<std::size_t>::max() - whole.frames) {
      throw_data(whole.header_path.string(), ": the segments before ", line.name,
                 " are too long; the header is damaged");
    }
    whole.frames += line.length;
    if (line.name == "~") continue;
    const auto path = whole.path_of(line.name);
    auto known = whole.segments.find(line.name);
    if (known == whole.segments.end())
      known = whole.segments
                  .emplace(line.name, parse_header(SignalFile(path).read_all(), path.string()))
                  .first;
    check_segment(whole, line, known->second);
    if (whole.layout == nullptr) whole.layout = &known->second;
  }
  if (whole.layout == nullptr)
    throw_data(whole.header_path.string(), ": every segment is a gap, expected one with signals");
  if (whole.layout->signals.size() != whole.header.signal_count) {
    throw_data(whole.header_path.string(), ": states ", whole.header.signal_count,
               " signals, but its first segment has ", whole.layout->signals.size());
  }
  if (whole.header.length && *whole.header.length != whole.frames) {
    throw_data(whole.header_path.string(), ": states ", *whole.header.length,
               " samples per signal, but its segments come to ", whole.frames);
  }
}

/// Refuses a record that is so much longer than its files that only its header can say so.
void check_allowance(const Assembly& whole) {
  std::set<fs::path> files;
  for (const auto& [name, segment] : whole.segments) {
    for (const SignalLine& signal : segment.signals)
      if (signal.format != 0) files.insert(whole.header_path.parent_path() / signal.file);
  }
  std::size_t bytes = 0, width = 0;
  for (const fs::path& file : files) {
    std::error_code missing;  // is reported when the segment is read
    const auto size = fs::file_size(file, missing);
    if (!missing) bytes += size;
  }
  for (const SignalLine& signal : whole.layout->signals)
    width += whole.options.smooth_frames ? 1 : signal.samples_per_frame;
  if (whole.frames > sample_allowance(bytes) / width) {
    throw_data(whole.header_path.string(), ": its segments come to ", whole.frames, " samples of ",
               width, " a frame, more than its files of ", bytes,
               " bytes stand for; the header is damaged");
  }
}

/// Where the signals of a segment belong in the record: indices of the leads.
std::vector<std::size_t> leads_of(const Assembly& whole, const Segment& line,
                                  const Header& segment) {
  const auto& all = whole.layout->signals;
  const std::string path = whole.path_of(line.name).string();
  if (!whole.variable && segment.signals.size() != all.size()) {
    throw_data(path, ": has ", segment.signals.size(), " signals, expected ", all.size(),
               " as in the first segment");
  }
  std::vector<std::size_t> leads;
  for (std::size_t i = 0; i < segment.signals.size(); ++i) {
    const SignalLine& signal = segment.signals[i];
    const auto same = [&](const SignalLine& other) {
      return other.description == signal.description;
    };
    const auto found = whole.variable ? std::find_if(all.begin(), all.end(), same)
                                      : all.begin() + static_cast<std::ptrdiff_t>(i);
    if (found == all.end() || !same(*found)) {
      throw_data(path, ": signal ", i + 1, " is ", signal.description, ", expected ",
                 whole.variable ? "a signal of the layout segment"
                                : found->description + " as in the first segment");
    }
    if (found->samples_per_frame != signal.samples_per_frame) {
      throw_data(path, ": signal ", signal.description, " has ", signal.samples_per_frame,
                 " samples a frame, expected ", found->samples_per_frame,
                 " as in the first segment");
    }
    leads.push_back(static_cast<std::size_t>(found - all.begin()));
  }
  return leads;
}

/// Copies a segment's leads to `frame` on in the record's; `filled` marks those that have had a
/// segment.
void place(const Assembly& whole, const Segment& line, std::size_t frame, std::vector<bool>& filled,
           Record& record) {
  const Header& header = whole.segments.at(line.name);
  const auto targets = leads_of(whole, line, header);
  Header sized = header;
  sized.length = line.length;
  const Record segment = read_single(whole.path_of(line.name), sized, whole.options);
  for (std::size_t i = 0; i < segment.leads.size(); ++i) {
    const Lead& from = segment.leads[i];
    Lead& to = record.leads[targets[i]];
    if (!filled[targets[i]]) to.unit = from.unit;
    if (to.unit != from.unit) {
      throw_data(whole.path_of(line.name).string(), ": signal ", from.name, " is in ", from.unit,
                 ", expected ", to.unit, " as in the segments before it");
    }
    filled[targets[i]] = true;
    std::copy(from.samples.begin(), from.samples.end(),
              to.samples.begin() + static_cast<std::ptrdiff_t>(frame * to.samples_per_frame));
  }
}

}  // namespace

Record read_segments(const fs::path& header_path, const Header& header,
                     const ReadOptions& options) {
  Assembly whole{header_path, header, options};
  load_headers(whole);
  check_allowance(whole);
  Record record = start_record(header);
  for (const SignalLine& signal : whole.layout->signals) {
    record.leads.push_back(empty_lead(signal, options));
    record.leads.back().samples.assign(whole.frames * record.leads.back().samples_per_frame,
                                       std::numeric_limits<double>::quiet_NaN());
  }
  std::vector<bool> filled(record.leads.size());
  std::size_t frame = 0;
  for (const Segment& line : header.segments) {
    if (line.name != "~" && line.length > 0) place(whole, line, frame, filled, record);
    frame += line.length;
  }
  return record;
}

}  // namespace ecg_lora::wfdb
