#include "median_beat.h"

#include <algorithm>
#include <cmath>

#include "slope_energy.h"

namespace ecg_lora::features {
namespace {

constexpr double kQuiet = 0.12;        // of the greatest speed: QRS has not begun, or has ended
constexpr double kQuietFor = 0.02;     // s
constexpr double kLongestHalf = 0.12;  // s from the middle of QRS to either end
constexpr double kBaseline = 0.03;     // s before QRS

}  // namespace

MedianBeat::MedianBeat(const wfdb::Record& record, const Beats& beats)
    : rate_(record.sampling_rate) {
  const auto before = std::lround(kBefore * rate_), after = std::lround(kAfter * rate_);
  const auto samples = static_cast<std::ptrdiff_t>(record.length());
  for (const auto* lead : voltage_leads(record)) {
    Signal typical;
    bool whole = true;
    for (std::ptrdiff_t offset = -before; offset <= after; ++offset) {
      Signal values;
      for (const double time : beats.times) {
        const std::ptrdiff_t at = std::lround(time * rate_) + offset;
        if (at >= 0 && at < samples && std::isfinite(lead->samples[at]))
          values.push_back(lead->samples[at] * millivolts(*lead));
      }
      whole = whole && 2 * values.size() > beats.times.size();
      typical.push_back(median(std::move(values)));
    }
    if (whole) leads_.push_back({lead->name, std::move(typical)});
  }
  if (!leads_.empty()) find_qrs();
}

void MedianBeat::find_qrs() {
  const std::size_t size = leads_.front().samples.size();
  Signal speed(size, 0);
  for (const LeadBeat& lead : leads_) {
    for (std::size_t i = 1; i + 1 < size; ++i) {
      const double slope = lead.samples[i + 1] - lead.samples[i - 1];
      speed[i] += slope * slope;
    }
  }
  for (double& value : speed) value = std::sqrt(value);
  const auto middle = static_cast<std::size_t>(std::lround(kBefore * rate_)),
             reach = static_cast<std::size_t>(std::lround(kLongestHalf * rate_));
  const auto quiet_for =
      std::max<std::size_t>(2, static_cast<std::size_t>(std::lround(kQuietFor * rate_)));
  const double quiet =
      kQuiet * *std::max_element(speed.begin() + static_cast<std::ptrdiff_t>(middle - reach / 2),
                                 speed.begin() + static_cast<std::ptrdiff_t>(middle + reach / 2));
  // From the middle outwards to the first stretch of quiet. The middle itself may be quiet: a
  // notch.
  const auto end = [&](int direction) {
    std::size_t at = middle, run = 0, edge = middle;
    for (std::size_t step = 0; step < reach; ++step, at = direction < 0 ? at - 1 : at + 1) {
      run = speed[at] < quiet ? run + 1 : 0;
      if (run == 0) edge = at;
      if (run == quiet_for && edge != middle) break;
    }
    return edge;
  };
  onset_ = end(-1);
  offset_ = end(1) + 1;
}

const Signal* MedianBeat::find(const std::string& lead) const {
  for (const LeadBeat& candidate : leads_)
    if (candidate.name == lead) return &candidate.samples;
  return nullptr;
}

double MedianBeat::level(const Signal& samples) const {
  const auto width = static_cast<std::size_t>(std::lround(kBaseline * rate_));
  const auto at = [&](std::size_t i) { return samples.begin() + static_cast<std::ptrdiff_t>(i); };
  return median({at(onset_ > width ? onset_ - width : 0), at(onset_ + 1)});
}

Signal MedianBeat::qrs(const std::string& lead) const {
  const Signal& samples = *find(lead);
  Signal result(samples.begin() + static_cast<std::ptrdiff_t>(onset_),
                samples.begin() + static_cast<std::ptrdiff_t>(offset_));
  for (double& value : result) value -= level(samples);
  return result;
}

Signal MedianBeat::after_qrs(const std::string& lead) const {
  const Signal& samples = *find(lead);
  Signal result(samples.begin() + static_cast<std::ptrdiff_t>(std::min(offset_, samples.size())),
                samples.end());
  for (double& value : result) value -= level(samples);
  return result;
}

}  // namespace ecg_lora::features
