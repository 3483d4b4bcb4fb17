#include "slope_energy.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace ecg_lora::features {
namespace {

constexpr double kLow = 6,
                 kHigh = 18;  // Hz: most of QRS, little of T and P, nothing of baseline and mains
constexpr double kWindow = 0.10;    // s, over which slopes are added up: about a QRS complex
constexpr double kLevelWindow = 2;  // s; holds a beat above 30 a minute
constexpr double kLargest = 20;     // mV from the median; more is no heart
constexpr double kFlat = 0.03;      // mV: what a beat must reach in the pass band
constexpr double kMaxPerLead =
    1.5;  // typical beats that one lead can count for at once: an artefact in one lead is no beat

/// The lead in mV without gaps: linear between the valid samples at their edges.
struct Filled {
  Signal signal;
  std::vector<bool> valid;
};

std::optional<Filled> fill(const wfdb::Lead& lead) {
  const double scale = millivolts(lead);
  Filled result{Signal(lead.samples.size()), std::vector<bool>(lead.samples.size(), false)};
  Signal finite;
  for (const double sample : lead.samples)
    if (std::isfinite(sample)) finite.push_back(sample * scale);
  if (2 * finite.size() < lead.samples.size() || finite.empty()) return std::nullopt;
  const double middle = median(finite);
  std::ptrdiff_t last = -1;  // the valid sample before
  const auto size = static_cast<std::ptrdiff_t>(lead.samples.size());
  for (std::ptrdiff_t i = 0; i < size; ++i) {
    if (!std::isfinite(lead.samples[i])) continue;
    result.valid[i] = true;
    result.signal[i] = std::clamp(lead.samples[i] * scale - middle, -kLargest, kLargest);
    for (std::ptrdiff_t k = last + 1; k < i; ++k) {
      const double share =
          last < 0 ? 1 : static_cast<double>(k - last) / static_cast<double>(i - last);
      result.signal[k] =
          (1 - share) * (last < 0 ? 0 : result.signal[last]) + share * result.signal[i];
    }
    last = i;
  }
  for (std::ptrdiff_t k = last + 1; k < size; ++k) result.signal[k] = result.signal[last];
  return result;
}

Signal energy_of_slopes(const Signal& passed, double sampling_rate) {
  Signal energy(passed.size(), 0);
  const double scale = sampling_rate / 2 / 75;  // a 12 Hz wave of 1 mV: amplitude 1
  for (std::size_t i = 1; i + 1 < passed.size(); ++i) {
    const double slope = (passed[i + 1] - passed[i - 1]) * scale;
    energy[i] = slope * slope;
  }
  return moving_mean(energy, static_cast<std::size_t>(std::lround(kWindow * sampling_rate)));
}

/// Median of the largest values of the windows: what a beat usually reaches, whatever a few
/// artefacts or large beats do.
double usual_peak(const Signal& energy, double sampling_rate) {
  const auto width = static_cast<std::size_t>(kLevelWindow * sampling_rate);
  Signal peaks;
  for (std::size_t i = 0; i + width / 2 < energy.size(); i += width / 2)
    peaks.push_back(*std::max_element(
        energy.begin() + static_cast<std::ptrdiff_t>(i),
        energy.begin() + static_cast<std::ptrdiff_t>(std::min(energy.size(), i + width))));
  return median(peaks);
}

}  // namespace

double millivolts(const wfdb::Lead& lead) {
  if (lead.unit == "mV" || lead.unit == "mv") return 1;
  if (lead.unit == "uV" || lead.unit == "uv") return 1e-3;
  if (lead.unit == "V" || lead.unit == "v") return 1e3;
  return 0;
}

std::vector<const wfdb::Lead*> voltage_leads(const wfdb::Record& record) {
  std::vector<const wfdb::Lead*> leads;
  for (const auto& lead : record.leads)
    if (millivolts(lead) > 0) leads.push_back(&lead);
  return leads;
}

SlopeEnergy combined_slope_energy(const std::vector<const wfdb::Lead*>& leads,
                                  double sampling_rate) {
  const std::size_t size = leads.empty() ? 0 : leads.front()->samples.size();
  SlopeEnergy result{Signal(size, 0), std::vector<bool>(size, false), {}};
  Signal weights(size, 0);
  for (const auto* lead : leads) {
    const auto filled = fill(*lead);
    if (!filled) continue;
    Signal passed = band_pass(filled->signal, kLow, kHigh, sampling_rate);
    const Signal energy = energy_of_slopes(passed, sampling_rate);
    const double peak = usual_peak(energy, sampling_rate), floor = median(energy);
    if (peak < kFlat * kFlat) continue;
    // A clean lead is near 0 between beats; in noise the floor comes close to the peaks.
    const double weight = std::max(0.01, std::log(peak / std::max(floor, 1e-6 * peak)));
    for (std::size_t i = 0; i < size; ++i) {
      if (!filled->valid[i]) continue;
      result.valid[i] = true;
      result.height[i] += weight * std::min(energy[i] / peak, kMaxPerLead);
      weights[i] += weight;
    }
    for (double& sample : passed) sample /= std::sqrt(peak);
    result.leads.push_back(std::move(passed));
  }
  for (std::size_t i = 0; i < size; ++i)
    if (result.valid[i]) result.height[i] = std::sqrt(result.height[i] / weights[i]);
  return result;
}

}  // namespace ecg_lora::features
