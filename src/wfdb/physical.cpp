#include "physical.h"

#include <algorithm>
#include <cctype>
#include <limits>

#include "ecg_lora/base/error.h"
#include "formats.h"

namespace ecg_lora::wfdb {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

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
};

template <class T>
void verify(const SignalLine& signal, const Column<T>& column, const std::filesystem::path& path) {
  const T first = *column.first;
  // In format 8 the initial value is what the first difference adds to.
  if (signal.initial_value && signal.format != 8 && *signal.initial_value != first) {
    throw_data(path.string(), ": signal ", signal.description, " starts with ", first,
               ", but its header states the initial value ", *signal.initial_value,
               "; header and samples do not belong together");
  }
  if (!signal.checksum) return;
  std::uint16_t sum = 0;
  for (std::size_t k = 0; k < signal.samples_per_frame; ++k)
    sum = static_cast<std::uint16_t>(sum + checksum_of(column.first + k, column.frames, column.stride));
  if (*signal.checksum != sum) {
    throw_data(path.string(), ": signal ", signal.description, " has the checksum ", sum,
               ", but its header states ", *signal.checksum,
               "; the samples are damaged, copy the record again");
  }
}

/// A value that no sample has, for formats without a mark of invalid samples.
std::int64_t invalid_value(const SignalLine& signal) {
  const auto& invalid = format_of(signal.format, signal.description).invalid;
  return invalid ? *invalid : std::numeric_limits<std::int64_t>::max();
}

/// Every sample of `frames` frames, still in ADC units.
template <class T>
void copy_samples(const SignalLine& signal, const Column<T>& column, std::size_t frames, double* out) {
  const std::int64_t invalid = invalid_value(signal);
  const std::size_t each = signal.samples_per_frame;
  for (std::size_t i = 0; i < frames; ++i) {
    const T* frame = column.first + i * column.stride;
    for (std::size_t k = 0; k < each; ++k) *out++ = frame[k] == invalid ? kNaN : frame[k];
  }
}

/// The mean of each frame, toward zero as wfdb-python has it; a frame with an invalid sample is invalid, as
/// in the WFDB library (its meansamp).
template <class T>
void smooth_samples(const SignalLine& signal, const Column<T>& column, std::size_t frames, double* out) {
  const std::int64_t invalid = invalid_value(signal);
  const std::size_t each = signal.samples_per_frame;
  for (std::size_t i = 0; i < frames; ++i) {
    const T* frame = column.first + i * column.stride;
    std::int64_t sum = 0;
    bool valid = true;
    for (std::size_t k = 0; k < each; ++k) {
      sum += frame[k];
      valid = valid && frame[k] != invalid;
    }
    out[i] = valid ? static_cast<double>(sum / static_cast<std::int64_t>(each)) : kNaN;
  }
}

template <class T>
void fill(const SignalLine& signal, Column<T> column, const ReadOptions& options, Lead& lead) {
  const std::size_t skew = std::min(signal.skew, column.frames), frames = column.frames - skew;
  lead.samples.resize(column.frames * lead.samples_per_frame);
  column.first += skew * column.stride;
  const bool smooth = options.smooth_frames && signal.samples_per_frame > 1;
  (smooth ? smooth_samples<T> : copy_samples<T>)(signal, column, frames, lead.samples.data());
  std::fill(lead.samples.begin() + static_cast<std::ptrdiff_t>(frames * lead.samples_per_frame),
            lead.samples.end(), kNaN);
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
  lead.name = standard_name(signal.description);
  if (!options.millivolts || millivolts(signal.unit) == 0) lead.unit = signal.unit;
  lead.samples_per_frame = options.smooth_frames ? 1 : signal.samples_per_frame;
  return lead;
}

Lead to_physical(const SignalLine& signal, const Samples& samples, std::size_t column,
                 const ReadOptions& options, const std::filesystem::path& path) {
  Lead lead = empty_lead(signal, options);
  std::visit(
      [&](const auto& values) {
        const Column<typename std::decay_t<decltype(values)>::value_type> one{values.data() + column,
                                                                              samples.width, samples.frames};
        verify(signal, one, path);
        fill(signal, one, options, lead);
      },
      samples.values);
  calibrate(signal, options.millivolts ? millivolts(signal.unit) : 1, lead.samples);
  return lead;
}

}  // namespace ecg_lora::wfdb
