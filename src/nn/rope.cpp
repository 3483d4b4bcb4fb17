#include "ecg_lora/nn/rope.h"

#include <cmath>
#include <numbers>

namespace ecg_lora::nn {

at::Tensor rope_frequencies(std::int64_t head_size, double theta, double factor, double low_freq_factor,
                            double high_freq_factor, double original_context) {
  const auto exponent = at::arange(0, head_size, 2, at::kFloat) / static_cast<double>(head_size);
  const auto frequency = at::pow(at::scalar_tensor(theta, at::kFloat), exponent).reciprocal();
  if (factor == 1) return frequency;
  const double low_wavelength = original_context / low_freq_factor;
  const double high_wavelength = original_context / high_freq_factor;
  const auto wavelength = 2 * std::numbers::pi / frequency;
  const auto scaled = at::where(wavelength > low_wavelength, frequency / factor, frequency);
  const auto smooth =
      (original_context / wavelength - low_freq_factor) / (high_freq_factor - low_freq_factor);
  const auto blended = (1 - smooth) * scaled / factor + smooth * scaled;
  const auto medium = wavelength.ge(high_wavelength).logical_and(wavelength.le(low_wavelength));
  return at::where(medium, blended, scaled);
}

Rotation make_rotation(const at::Tensor& frequencies, std::int64_t first, std::int64_t count,
                       at::ScalarType dtype) {
  const auto positions = at::arange(first, first + count, frequencies.options());
  const auto angles = at::outer(positions, frequencies);
  const auto both = at::cat({angles, angles}, -1);
  return {both.cos().to(dtype), both.sin().to(dtype)};
}

Rotation make_rotation(const at::Tensor& frequencies, const at::Tensor& positions, at::ScalarType dtype) {
  const auto angles = positions.to(frequencies.options()).unsqueeze(1).unsqueeze(-1) * frequencies;
  const auto both = at::cat({angles, angles}, -1);
  return {both.cos().to(dtype), both.sin().to(dtype)};
}

at::Tensor rotate(const at::Tensor& x, const Rotation& rotation) {
  const auto halves = x.chunk(2, -1);
  return x * rotation.cos + at::cat({-halves[1], halves[0]}, -1) * rotation.sin;
}

}  // namespace ecg_lora::nn
