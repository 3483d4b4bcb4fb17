#include "physical.h"

#include <algorithm>
#include <limits>

#include "ecg_lora/base/error.h"
#include "formats.h"
#include "lead_name.h"

namespace ecg_lora::wfdb {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Factor to mV; 0 if `unit` is no voltage.
double millivolts(const std::string& unit) {
  if (unit == "mV" || unit == "mv") return 1;
  if (unit == "uV" || unit == "uv" || unit == "\xc2\xb5V" || unit == "\xce\xbcV" || unit == "\xb5V")
    return 1e-3;
  if (unit == "nV" || unit == "nv") return 1e-6;
  return unit == "V" || unit == "v" ? 1e3 : 0;
}

/// One signal among the interleaved ones.
template <class T>
struct Column {
  const T* first;
  std::size_t stride;  ///< from frame to frame
  std::size_t frames;
  std::size_t each;  ///< samples a frame
  bool marked;       ///< whether `mark` stands for an invalid sample
  T mark;
};

/// `count` frames from `begin` on, every sample, still in ADC units. Returns the sum of the
/// samples, to be taken modulo 65536.
template <class T>
std::uint32_t copy_samples(const Column<T>& column, std::size_t begin, std::size_t count,
                           double* out) {
  std::uint32_t sum = 0;
  const T* frame = column.first + begin * column.stride;
  const auto value_of = [&](T value) -> double {
    sum += static_cast<std::uint32_t>(value);
    return column.marked && value == column.mark ? kNaN : value;
  };
  if (column.each == 1) {
    for (std::size_t i = 0; i < count; ++i) out[i] = value_of(frame[i * column.stride]);
    return sum;
  }
  for (std::size_t i = 0; i < count; ++i, frame += column.stride) {
    for (std::size_t k = 0; k < column.each; ++k) *out++ = value_of(frame[k]);
  }
  return sum;
}

/// The mean of each frame, toward zero as wfdb-python has it; a frame with an invalid sample is
/// invalid, as in the WFDB library (its meansamp). Returns as copy_samples does.
template <class T>
std::uint32_t smooth_samples(const Column<T>& column, std::size_t begin, std::size_t count,
                             double* out) {
  std::uint32_t checksum = 0;
  for (std::size_t i = begin; i < begin + count; ++i) {
    const T* frame = column.first + i * column.stride;
    std::int64_t sum = 0;
    bool valid = true;
    for (std::size_t k = 0; k < column.each; ++k) {
      sum += frame[k];
      valid = valid && !(column.marked && frame[k] == column.mark);
    }
    checksum += static_cast<std::uint32_t>(sum);
    *out++ = valid ? static_cast<double>(sum / static_cast<std::int64_t>(column.each)) : kNaN;
  }
  return checksum;
}

/// The samples of the lead in ADC units; those that a skew asks for beyond the end of the file are
/// invalid. Returns the checksum of all samples, those before the skew included.
template <class T>
std::uint16_t fill(const SignalLine& signal, const Column<T>& column, const ReadOptions& options,
                   Lead& lead) {
  const std::size_t skew = std::min(signal.skew, column.frames), frames = column.frames - skew;
  std::uint32_t sum = 0;
  for (std::size_t k = 0; k < column.each; ++k)
    sum += checksum_of(column.first + k, skew, column.stride);
  lead.samples.resize(column.frames * lead.samples_per_frame);
  const bool smooth = options.smooth_frames && column.each > 1;
  sum += (smooth ? smooth_samples<T> : copy_samples<T>)(column, skew, frames, lead.samples.data());
  std::fill(lead.samples.end() - static_cast<std::ptrdiff_t>(skew * lead.samples_per_frame),
            lead.samples.end(), kNaN);
  return static_cast<std::uint16_t>(sum);
}

/// The initial value is no check: header(5) gives it a meaning for formats of differences only, and
/// archives have headers in which it is stale, or of another sample of a skewed signal.
void verify(const SignalLine& signal, std::uint16_t sum, const std::filesystem::path& path) {
  if (signal.checksum && *signal.checksum != sum) {
    throw_data(path.string(), ": signal ", signal.description, " has the checksum ", sum,
               ", but its header states ", *signal.checksum,
               "; the samples are damaged, copy the record again");
  }
}

/// A division, not a product with the reciprocal: equal to wfdb-python's to the last bit.
void calibrate(const SignalLine& signal, double scale, std::vector<double>& samples) {
  const auto baseline = static_cast<double>(signal.baseline);
  for (double& sample : samples) sample = (sample - baseline) / signal.gain;
  if (scale == 0 || scale == 1) return;
  for (double& sample : samples) sample *= scale;
}

}  // namespace

Lead empty_lead(const SignalLine& signal, const ReadOptions& options) {
  Lead lead;
  const auto* standard = standard_lead(signal.description);
  lead.name = standard ? *standard : signal.description;
  if (!options.millivolts || millivolts(signal.unit) == 0) lead.unit = signal.unit;
  lead.samples_per_frame = options.smooth_frames ? 1 : signal.samples_per_frame;
  return lead;
}

Lead to_physical(const SignalLine& signal, const Samples& samples, std::size_t column,
                 const ReadOptions& options, const std::filesystem::path& path) {
  Lead lead = empty_lead(signal, options);
  const auto invalid = format_of(signal.format, path.string()).invalid;
  const auto read = [&]<class T>(const std::vector<T>& values) {
    const Column<T> one{values.data() + column, samples.width,
                        samples.frames,         signal.samples_per_frame,
                        invalid.has_value(),    static_cast<T>(invalid.value_or(0))};
    const std::uint16_t sum = fill(signal, one, options, lead);
    verify(signal, sum, path);
  };
  std::visit(read, samples.values);
  calibrate(signal, options.millivolts ? millivolts(signal.unit) : 1, lead.samples);
  return lead;
}

}  // namespace ecg_lora::wfdb
