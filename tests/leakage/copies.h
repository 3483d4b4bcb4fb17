// Copies of a recording as they turn up: cut, shifted, scaled, noisy, at another rate.
#pragma once

#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "ecg_lora/base/random.h"
#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::testing {

using wfdb::Record;

/// Seconds [from, to) of a recording.
inline Record cut(Record record, double from, double to) {
  const auto first = static_cast<std::ptrdiff_t>(std::lround(from * record.sampling_rate));
  const auto last = std::min(static_cast<std::ptrdiff_t>(record.length()),
                             static_cast<std::ptrdiff_t>(std::lround(to * record.sampling_rate)));
  for (auto& lead : record.leads)
    lead.samples = std::vector<double>(lead.samples.begin() + first, lead.samples.begin() + last);
  return record;
}

/// Applies `change(value, time in s)` to every sample.
template <class F>
Record changed(Record record, F change) {
  for (auto& lead : record.leads) {
    for (std::size_t i = 0; i < lead.samples.size(); ++i)
      lead.samples[i] = change(lead.samples[i], static_cast<double>(i) / record.sampling_rate);
  }
  return record;
}

inline Record noisy(const Record& record, double deviation_mv, std::uint64_t seed) {
  Random random{seed};
  return changed(record, [&](double v, double) { return v + random.normal(0, deviation_mv); });
}

inline Record wave(const Record& record, double amplitude_mv, double frequency_hz) {
  return changed(record, [=](double v, double t) {
    return v + amplitude_mv * std::sin(2 * std::numbers::pi * frequency_hz * t + 1);
  });
}

/// At another rate, by linear interpolation.
inline Record at_rate(const Record& record, double rate) {
  Record out = record;
  out.sampling_rate = rate;
  const auto count = static_cast<std::size_t>(record.duration() * rate);
  for (std::size_t l = 0; l < record.leads.size(); ++l) {
    const auto& from = record.leads[l].samples;
    out.leads[l].samples.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const double at = static_cast<double>(i) * record.sampling_rate / rate;
      const auto k = std::min(static_cast<std::size_t>(at), from.size() - 1);
      const double next = from[std::min(k + 1, from.size() - 1)];
      out.leads[l].samples[i] = from[k] + (next - from[k]) * (at - static_cast<double>(k));
    }
  }
  return out;
}

}  // namespace ecg_lora::testing
