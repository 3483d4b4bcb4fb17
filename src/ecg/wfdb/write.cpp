#include <cerrno>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/ecg/wfdb/record.h"
#include "physical.h"

namespace ecg_lora::wfdb {
namespace {

constexpr int kInvalid = -32768, kLowest = -32767, kHighest = 32767;

/// The samples in ADC units, interleaved: [length, leads].
std::vector<std::int16_t> to_adc(const Record& record, double gain, const std::string& origin) {
  const std::size_t channels = record.leads.size(), length = record.length();
  std::vector<std::int16_t> adc(channels * length);
  for (std::size_t c = 0; c < channels; ++c) {
    const Lead& lead = record.leads[c];
    if (lead.samples.size() != length) {
      throw_data(origin, ": lead ", lead.name, " has ", lead.samples.size(), " samples, expected ",
                 length, " as in lead ", record.leads.front().name);
    }
    for (std::size_t i = 0; i < length; ++i) {
      const bool invalid = std::isnan(lead.samples[i]);
      const double value = invalid ? kInvalid : std::nearbyint(lead.samples[i] * gain);
      if (!invalid && !(value >= kLowest && value <= kHighest)) {
        throw_data(origin, ": sample ", i, " of lead ", lead.name, " is ", lead.samples[i], ' ',
                   lead.unit, ", expected at most ", kHighest / gain, " at ", gain, " units a ",
                   lead.unit);
      }
      adc[i * channels + c] = static_cast<std::int16_t>(value);
    }
  }
  return adc;
}

/// Shortest text that reads back as `value`.
std::string shortest(double value) {
  char text[32];
  for (int digits = 6; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    if (std::stod(text) == value) break;
  }
  return text;
}

std::string header_text(const Record& record, const std::string& name, double gain,
                        const std::vector<std::int16_t>& adc) {
  const std::size_t channels = record.leads.size(), length = record.length();
  std::string gain_text = shortest(gain);
  if (gain_text.find_first_of(".e") == std::string::npos) gain_text += ".0";  // as PTB-XL spells it
  std::string text = name + ' ' + std::to_string(channels) + ' ' + shortest(record.sampling_rate) +
                     ' ' + std::to_string(length) + '\n';
  for (std::size_t c = 0; c < channels; ++c) {
    const int initial = length > 0 ? adc[c] : 0;
    text += name + ".dat 16 " + gain_text + "(0)/" + record.leads[c].unit + " 16 0 " +
            std::to_string(initial) + ' ' +
            std::to_string(checksum_of(adc.data() + c, length, channels)) + " 0 " +
            record.leads[c].name + '\n';
  }
  for (const std::string& comment : record.comments) text += "# " + comment + '\n';
  return text;
}

/// Without the flush to the disk of write_file, which would take most of the time of writing a data
/// set; AtomicFolder flushes what is in it at once.
void write_plain(const std::string& path, const std::string& bytes) {
  errno = 0;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (out) return;
  const int code = errno;
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  throw_write(path, code);
}

}  // namespace

void write_record(const std::filesystem::path& path, const Record& record, double gain) {
  const std::string name = path.filename().string();
  const std::vector<std::int16_t> adc = to_adc(record, gain, path.string());
  std::string bytes(2 * adc.size(), '\0');
  for (std::size_t i = 0; i < adc.size(); ++i) {
    const auto value = static_cast<std::uint16_t>(adc[i]);
    bytes[2 * i] = static_cast<char>(value & 0xff);
    bytes[2 * i + 1] = static_cast<char>(value >> 8);
  }
  // The samples first: a header, by which a record is found, never stands without them.
  write_plain(path.string() + ".dat", bytes);
  write_plain(path.string() + ".hea", header_text(record, name, gain, adc));
}

}  // namespace ecg_lora::wfdb
