#include "filter.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "ecg_lora/base/two_pi.h"

namespace ecg_lora::features {
namespace {

/// y = b0 x + b1 x1 + b2 x2 - a1 y1 - a2 y2
struct Biquad {
  double b0, b1, b2, a1, a2;
};

enum class Pass { low, high };

/// Bristow-Johnson's bilinear Butterworth section.
Biquad butterworth(Pass pass, double frequency, double sampling_rate) {
  const double w = kTwoPi * frequency / sampling_rate, c = std::cos(w);
  const double alpha = std::sin(w) / std::numbers::sqrt2, a0 = 1 + alpha;
  const double edge = pass == Pass::low ? (1 - c) / 2 : (1 + c) / 2;
  return {edge / a0, (pass == Pass::low ? 2 : -2) * edge / a0, edge / a0, -2 * c / a0,
          (1 - alpha) / a0};
}

void run(const Biquad& f, Signal& signal) {
  double x1 = 0, x2 = 0, y1 = 0, y2 = 0;
  for (double& sample : signal) {
    const double x = sample;
    sample = f.b0 * x + f.b1 * x1 + f.b2 * x2 - f.a1 * y1 - f.a2 * y2;
    x2 = x1, x1 = x;
    y2 = y1, y1 = sample;
  }
}

void run_both_ways(const Biquad& f, Signal& signal) {
  run(f, signal);
  std::reverse(signal.begin(), signal.end());
  run(f, signal);
  std::reverse(signal.begin(), signal.end());
}

}  // namespace

Signal band_pass(const Signal& signal, double low, double high, double sampling_rate) {
  const auto size = static_cast<std::ptrdiff_t>(signal.size());
  const auto pad = std::min<std::ptrdiff_t>(size - 1, std::lround(sampling_rate));
  Signal padded;  // mirrored at the first and last value, so that the filters start at rest
  padded.reserve(static_cast<std::size_t>(size + 2 * pad));
  const double first = signal.front(), last = signal.back();
  for (std::ptrdiff_t i = pad; i > 0; --i) padded.push_back(first - signal[i]);
  for (const double sample : signal) padded.push_back(sample - first);
  for (std::ptrdiff_t i = 1; i <= pad; ++i)
    padded.push_back(2 * last - signal[size - 1 - i] - first);
  run_both_ways(butterworth(Pass::high, low, sampling_rate), padded);
  run_both_ways(butterworth(Pass::low, high, sampling_rate), padded);
  return {padded.begin() + pad, padded.begin() + pad + size};
}

Signal moving_mean(const Signal& signal, std::size_t width) {
  const std::size_t half = width / 2, size = signal.size();
  Signal sums(size + 1, 0), means(size);
  for (std::size_t i = 0; i < size; ++i) sums[i + 1] = sums[i] + signal[i];
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t from = i < half ? 0 : i - half, to = std::min(size, i + half + 1);
    means[i] = (sums[to] - sums[from]) / static_cast<double>(to - from);
  }
  return means;
}

double median(Signal values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace ecg_lora::features
