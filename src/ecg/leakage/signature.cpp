#include "signature.h"

#include <algorithm>
#include <cmath>

namespace ecg_lora::leakage {
namespace {

constexpr std::size_t kBin = 8;      // samples
constexpr std::size_t kBefore = 40;  // samples of a window before its moment
constexpr std::size_t kWindow = kBins * kBin;
constexpr std::size_t kSlope = 2;     // samples to either side that a slope is taken over
constexpr std::size_t kSmooth = 5;    // half width of the average of squared slopes
constexpr std::size_t kApart = 25;    // samples, least distance of two moments
constexpr double kLeastSteep = 0.25;  // of the steepest moments of the trace

/// Squared slope, leads together, averaged over 0.1 s.
std::vector<double> steepness(const ComparedTrace& trace) {
  const std::size_t n = trace.length();
  std::vector<double> sums(n + 1, 0.0), out(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    double square = 0;
    for (const auto& lead : trace.leads) {
      if (i < kSlope || i + kSlope >= n) continue;
      const double slope = lead[i + kSlope] - lead[i - kSlope];
      square += slope * slope;
    }
    sums[i + 1] = sums[i] + square;
  }
  for (std::size_t i = kSmooth; i + kSmooth < n; ++i)
    out[i] = sums[i + kSmooth + 1] - sums[i - kSmooth];
  return out;
}

/// The value that 2 % of all exceed: a single artefact does not set the scale.
double high_value(std::vector<double> values) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() * 98 / 100);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

Descriptor describe(const ComparedTrace& trace, std::size_t first) {
  std::array<double, kDescriptor> values{};
  double mean = 0, square = 0;
  for (std::size_t d = 0; d < kDescriptor; ++d) {
    const std::int16_t* samples = trace.leads[d / kBins].data() + first + d % kBins * kBin;
    for (std::size_t i = 0; i < kBin; ++i) values[d] += samples[i];
    mean += values[d] / kDescriptor;
  }
  for (double& value : values) {
    value -= mean;
    square += value * value;
  }
  Descriptor descriptor{};
  if (square <= 0) return descriptor;
  const double scale = kNorm / std::sqrt(square);
  for (std::size_t d = 0; d < kDescriptor; ++d) {
    descriptor[d] =
        static_cast<std::int8_t>(std::clamp(std::nearbyint(values[d] * scale), -127.0, 127.0));
  }
  return descriptor;
}

}  // namespace

std::vector<Moment> moments_of(const ComparedTrace& trace) {
  const std::vector<double> steep = steepness(trace);
  const double least = kLeastSteep * high_value(steep);
  std::vector<Moment> moments;
  for (std::size_t i = kBefore; i + kWindow - kBefore <= steep.size(); ++i) {
    if (steep[i] < least || steep[i] <= 0) continue;
    const std::size_t first = i - kApart, last = std::min(steep.size(), i + kApart + 1);
    const auto highest = std::max_element(steep.begin() + static_cast<std::ptrdiff_t>(first),
                                          steep.begin() + static_cast<std::ptrdiff_t>(last));
    if (static_cast<std::size_t>(highest - steep.begin()) != i) continue;
    moments.push_back({static_cast<std::int32_t>(i), describe(trace, i - kBefore)});
  }
  return moments;
}

double similarity(const Descriptor& a, const Descriptor& b) {
  std::int32_t ab = 0, aa = 0, bb = 0;
  for (std::size_t d = 0; d < kDescriptor; ++d) {
    ab += a[d] * b[d];
    aa += a[d] * a[d];
    bb += b[d] * b[d];
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(static_cast<double>(aa) * bb) : 0;
}

}  // namespace ecg_lora::leakage
