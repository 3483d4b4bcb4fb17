#include "ecg_lora/wfdb/record.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <limits>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "header.h"

namespace ecg_lora::wfdb {
namespace {

constexpr std::int16_t kInvalid = -32768;

/// aVR for AVR, avr; V1 for v1; any other name as it stands.
std::string standard_name(const std::string& name) {
  const auto same = [](unsigned char a, unsigned char b) { return std::toupper(a) == std::toupper(b); };
  for (const std::string& lead : standard_leads()) {
    if (std::equal(name.begin(), name.end(), lead.begin(), lead.end(), same)) return lead;
  }
  return name;
}

/// Factor to mV; 0 where `unit` is no voltage.
double millivolts(const std::string& unit) {
  if (unit == "mV" || unit == "mv") return 1;
  if (unit == "uV" || unit == "\xc2\xb5V" || unit == "\xce\xbcV") return 1e-3;
  return unit == "V" ? 1e3 : 0;
}

/// The samples of `channels` interleaved signals, still in ADC units.
struct Samples {
  std::vector<std::int16_t> values;  ///< [length, channels]
  std::size_t length = 0;
};

std::int16_t little_endian(const char* bytes) {
  const auto low = static_cast<unsigned char>(bytes[0]), high = static_cast<unsigned char>(bytes[1]);
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(low | high << 8));
}

Samples read_samples(const std::filesystem::path& path, const SignalLine& first, std::size_t channels,
                     std::optional<std::size_t> length) {
  const std::string bytes = read_file(path);
  const std::size_t frame = 2 * channels;
  const std::size_t held = bytes.size() < first.byte_offset ? 0 : (bytes.size() - first.byte_offset) / frame;
  Samples samples;
  samples.length = length.value_or(held);
  if (held < samples.length) {
    throw_data(path.string(), ": expected ", samples.length, " samples of ", channels,
               " signals in format 16 (", first.byte_offset, " + ", samples.length, " x ", frame,
               " bytes), got ", bytes.size(), " bytes; the file is truncated, copy it again");
  }
  samples.values.resize(samples.length * channels);
  const char* source = bytes.data() + first.byte_offset;
  for (std::size_t i = 0; i < samples.values.size(); ++i) samples.values[i] = little_endian(source + 2 * i);
  return samples;
}

void verify(const SignalLine& signal, const std::int16_t* first, std::size_t length, std::size_t stride,
            const std::filesystem::path& path) {
  if (signal.initial_value && length > 0 && *signal.initial_value != *first) {
    throw_data(path.string(), ": signal ", signal.description, " starts with ", *first,
               ", but its header states the initial value ", *signal.initial_value,
               "; header and samples do not belong together");
  }
  const std::uint16_t sum = checksum_of(first, length, stride);
  if (signal.checksum && *signal.checksum != sum) {
    throw_data(path.string(), ": signal ", signal.description, " has the checksum ", sum,
               ", but its header states ", *signal.checksum,
               "; the samples are damaged, copy the record again");
  }
}

Lead to_physical(const SignalLine& signal, const std::int16_t* first, std::size_t length,
                 std::size_t stride) {
  Lead lead;
  lead.name = standard_name(signal.description);
  const double scale = millivolts(signal.unit);
  if (scale == 0) lead.unit = signal.unit;
  lead.samples.resize(length);
  for (std::size_t i = 0; i < length; ++i) {
    const std::int16_t value = first[i * stride];
    lead.samples[i] = value == kInvalid ? std::numeric_limits<double>::quiet_NaN()
                                        : (static_cast<double>(value) - signal.baseline) / signal.gain;
  }
  if (scale != 0 && scale != 1) {
    for (double& sample : lead.samples) sample *= scale;
  }
  return lead;
}

/// Reads the signals [begin, end), which share one file.
void read_group(const std::filesystem::path& header_path, const Header& header, std::size_t begin,
                std::size_t end, Record& record) {
  const SignalLine& group = header.signals[begin];
  const std::filesystem::path path = header_path.parent_path() / group.file;
  const Samples samples = read_samples(path, group, end - begin, header.length);
  for (std::size_t i = begin; i < end; ++i) {
    const std::int16_t* first = samples.values.data() + (i - begin);
    verify(header.signals[i], first, samples.length, end - begin, path);
    record.leads.push_back(to_physical(header.signals[i], first, samples.length, end - begin));
  }
}

}  // namespace

const std::vector<std::string>& standard_leads() {
  static const std::vector<std::string> leads = {"I",  "II", "III", "aVR", "aVL", "aVF",
                                                 "V1", "V2", "V3",  "V4",  "V5",  "V6"};
  return leads;
}

const Lead& Record::lead(const std::string& wanted) const {
  std::string present;
  for (const Lead& lead : leads) {
    if (lead.name == wanted) return lead;
    present += (present.empty() ? "" : ", ") + lead.name;
  }
  throw_data("record ", name, ": expected a lead ", wanted, ", got the leads ", present);
}

Record read_record(const std::filesystem::path& path) {
  std::filesystem::path header_path = path;
  if (header_path.extension() != ".hea") header_path += ".hea";
  const Header header = parse_header(read_file(header_path), header_path.string());
  for (const SignalLine& signal : header.signals) {
    if (signal.format == 16) continue;
    throw_data(header_path.string(), ": signal ", signal.description, " is stored in format ", signal.format,
               ", expected format 16; convert the record, for example with WFDB's xform -O 16");
  }
  Record record;
  record.name = header.name;
  record.sampling_rate = header.sampling_rate;
  record.comments = header.comments;
  for (std::size_t begin = 0, end = 0; begin < header.signals.size(); begin = end) {
    while (end < header.signals.size() && header.signals[end].file == header.signals[begin].file) ++end;
    read_group(header_path, header, begin, end, record);
    if (record.leads.back().samples.size() != record.length()) {
      throw_data(header_path.string(), ": signals differ in length (", record.length(), " and ",
                 record.leads.back().samples.size(), " samples), expected equal lengths");
    }
  }
  return record;
}

}  // namespace ecg_lora::wfdb
