#include "compared_trace.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/two_pi.h"

namespace ecg_lora::leakage {
namespace {

constexpr const char* kLeadNames[kLeads] = {"I", "II", "V2"};
constexpr double kCutoff = 15;       // Hz
constexpr double kHalfWidth = 0.12;  // s, of the low-pass kernel
constexpr double kUnits = 512;       // of a root mean square, so that 64 of these fit in 16 bits
constexpr std::size_t kDrift = 25;   // samples, half width of each of two moving averages
constexpr double kMaxInvalid = 0.2;  // of the samples of a lead
constexpr double kLongest = 86400;   // s

const wfdb::Lead& lead_of(const wfdb::Record& record, const char* name) {
  for (const wfdb::Lead& lead : record.leads) {
    if (lead.name == name) return lead;
  }
  throw_data("it has no lead ", name);
}

/// Windowed sinc at distance `t` (s); not normalised.
double kernel(double t) {
  const double x = kTwoPi * kCutoff * t;
  const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * t / kHalfWidth);
  return (std::abs(x) < 1e-9 ? 1 : std::sin(x) / x) * window;
}

/// The kernel from a fine table: the rates of recordings need not be multiples of kRate.
double tabulated_kernel(double t) {
  constexpr std::size_t kTableSteps = 4096;
  static const std::vector<double> kTable = [] {
    std::vector<double> values(kTableSteps + 2);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = kernel(kHalfWidth * static_cast<double>(i) / kTableSteps);
    }
    return values;
  }();
  const double at = std::min(std::abs(t) / kHalfWidth, 1.0) * kTableSteps;
  const auto i = static_cast<std::size_t>(at);
  return kTable[i] + (kTable[i + 1] - kTable[i]) * (at - static_cast<double>(i));
}

using Leads = std::array<std::vector<double>, kLeads>;

/// Low-passes and resamples the leads together. Invalid samples have no weight.
Leads resample(const std::array<const wfdb::Lead*, kLeads>& leads, double rate) {
  const std::size_t length = leads[0]->samples.size();
  const auto count = static_cast<std::size_t>(static_cast<double>(length) / rate * kRate);
  const auto reach = static_cast<std::ptrdiff_t>(kHalfWidth * rate) + 1;
  Leads out;
  out.fill(std::vector<double>(count));
  for (std::size_t n = 0; n < count; ++n) {
    const double center = static_cast<double>(n) * rate / kRate;
    const auto middle = static_cast<std::ptrdiff_t>(center);
    const std::ptrdiff_t first = std::max<std::ptrdiff_t>(0, middle - reach);
    const std::ptrdiff_t last = std::min(static_cast<std::ptrdiff_t>(length) - 1, middle + reach);
    std::array<double, kLeads> sum{}, weights{};
    for (std::ptrdiff_t k = first; k <= last; ++k) {
      const double weight = tabulated_kernel((static_cast<double>(k) - center) / rate);
      for (std::size_t l = 0; l < kLeads; ++l) {
        const double value = leads[l]->samples[static_cast<std::size_t>(k)];
        if (std::isnan(value)) continue;
        sum[l] += weight * value;
        weights[l] += weight;
      }
    }
    for (std::size_t l = 0; l < kLeads; ++l)
      out[l][n] = weights[l] > 1e-6 ? sum[l] / weights[l] : 0;
  }
  return out;
}

/// Mean of the 2 kDrift + 1 samples around each; fewer at the ends.
std::vector<double> moving_average(const std::vector<double>& x) {
  std::vector<double> sums(x.size() + 1, 0.0), means(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) sums[i + 1] = sums[i] + x[i];
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t first = i > kDrift ? i - kDrift : 0,
                      last = std::min(x.size(), i + kDrift + 1);
    means[i] = (sums[last] - sums[first]) / static_cast<double>(last - first);
  }
  return means;
}

/// Removes drift, and the ends. Returns the root mean square over all leads.
double flatten(Leads& leads) {
  constexpr auto kTrim = static_cast<std::ptrdiff_t>(kTrimmed * kRate);
  double energy = 0;
  for (auto& lead : leads) {
    const std::vector<double> drift = moving_average(moving_average(lead));
    for (std::size_t i = 0; i < lead.size(); ++i) lead[i] -= drift[i];
    lead = std::vector<double>(lead.begin() + kTrim, lead.end() - kTrim);
    for (const double value : lead) energy += value * value;
  }
  return std::sqrt(energy / static_cast<double>(kLeads * leads[0].size()));
}

void check_samples(const wfdb::Lead& lead) {
  const auto is_invalid = [](double v) { return !std::isfinite(v); };
  const auto invalid = std::count_if(lead.samples.begin(), lead.samples.end(), is_invalid);
  if (static_cast<double>(invalid) > kMaxInvalid * static_cast<double>(lead.samples.size())) {
    throw_data(invalid, " of ", lead.samples.size(), " samples of its lead ", lead.name,
               " are invalid");
  }
}

}  // namespace

ComparedTrace make_trace(const wfdb::Record& record) {
  std::array<const wfdb::Lead*, kLeads> sources{};
  for (std::size_t l = 0; l < kLeads; ++l) sources[l] = &lead_of(record, kLeadNames[l]);
  const double seconds = record.duration();
  if (!(seconds >= kShortest && seconds <= kLongest)) {
    throw_data("it is ", seconds, " s long, expected ", kShortest, " s to a day");
  }
  for (const wfdb::Lead* lead : sources) check_samples(*lead);
  Leads leads = resample(sources, record.sampling_rate);
  const double rms = flatten(leads);
  if (!(rms > 1e-4)) throw_data("its leads I, II and V2 are flat");
  ComparedTrace trace;
  trace.scale = rms / kUnits;
  for (std::size_t l = 0; l < kLeads; ++l) {
    trace.leads[l].resize(leads[l].size());
    for (std::size_t i = 0; i < leads[l].size(); ++i) {
      const double units = std::nearbyint(leads[l][i] / trace.scale);
      trace.leads[l][i] = static_cast<std::int16_t>(std::clamp(units, -32767.0, 32767.0));
    }
  }
  return trace;
}

}  // namespace ecg_lora::leakage
