// Measurements on a recording, made as a reader makes them: from the samples alone.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "ecg_lora/synthetic/heart/signal.h"

namespace ecg_lora::testing {

inline constexpr double kRate = 500;  // Hz

inline wfdb::Record trace_of(const synthetic::Morphology& morphology, double seconds = 10) {
  Random random{5};
  return synthetic::synthesise(morphology, seconds, kRate, random);
}

/// The times of the beats in s: where the leads together change fastest.
inline std::vector<double> beats(const wfdb::Record& record) {
  std::vector<double> speed(record.length(), 0);
  for (const auto& lead : record.leads) {
    for (std::size_t i = 2; i + 2 < speed.size(); ++i)
      speed[i] += std::abs(lead.samples[i + 2] - lead.samples[i - 2]);
  }
  const double threshold = 0.25 * *std::max_element(speed.begin(), speed.end());
  std::vector<double> times;
  for (std::size_t i = 0; i < speed.size(); ++i) {
    const double time = static_cast<double>(i) / kRate;
    if (speed[i] > threshold && (times.empty() || time - times.back() > 0.25))
      times.push_back(time);
  }
  return times;
}

/// Distances between the beats in s.
inline std::vector<double> distances(const wfdb::Record& record) {
  const std::vector<double> times = beats(record);
  std::vector<double> result;
  for (std::size_t i = 1; i < times.size(); ++i) result.push_back(times[i] - times[i - 1]);
  return result;
}

inline double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Standard deviation relative to the mean.
inline double variation(const std::vector<double>& values) {
  double squares = 0;
  for (const double value : values) squares += (value - mean(values)) * (value - mean(values));
  return std::sqrt(squares / static_cast<double>(values.size())) / mean(values);
}

/// The samples of a lead from `from` to `to` s after the first beat that has a second before and
/// after it.
inline std::vector<double> around_beat(const wfdb::Record& record, const std::string& lead,
                                       double from, double to) {
  for (const double beat : beats(record)) {
    if (beat + from < 0.5 || beat + to > record.duration() - 0.5) continue;
    const auto& samples = record.lead(lead).samples;
    return {samples.begin() + std::lround((beat + from) * kRate),
            samples.begin() + std::lround((beat + to) * kRate)};
  }
  return {0};
}

inline double highest(const std::vector<double>& values) {
  return *std::max_element(values.begin(), values.end());
}
inline double lowest(const std::vector<double>& values) {
  return *std::min_element(values.begin(), values.end());
}
/// The value furthest from 0.
inline double extreme(const std::vector<double>& values) {
  return highest(values) > -lowest(values) ? highest(values) : lowest(values);
}

/// Seconds for which any lead is off the baseline by more than 0.05 mV, around a beat: P, ST and T
/// must be absent.
inline double qrs_width(const wfdb::Record& record) {
  double first = 1, last = -1;
  for (const auto& lead : record.leads) {
    const std::vector<double> values = around_beat(record, lead.name, -0.2, 0.3);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::abs(values[i]) < 0.05) continue;
      first = std::min(first, static_cast<double>(i) / kRate);
      last = std::max(last, static_cast<double>(i) / kRate);
    }
  }
  return last - first;
}

}  // namespace ecg_lora::testing
