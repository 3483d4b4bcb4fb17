#include "ecg_lora/nn/layers/rope.h"

#include <cmath>

#include <torch/torch.h>

#include "ecg_lora/base/two_pi.h"
#include "ecg_lora/nn/kernels/row_operations.h"

namespace ecg_lora::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// x [B, H, S, d], whose heads lie one after the other in memory or not, turned by `sign` times the
/// angles; the result lies as [B, S, H, d].
at::Tensor turned(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, float sign) {
  const auto in = x.stride(-1) == 1 ? x : x.contiguous();
  auto out = at::empty({in.size(0), in.size(2), in.size(1), in.size(3)}, in.options());
  row_operations(in)->rotate(in, cos, sin, sign, out);
  return out.transpose(1, 2);
}

/// Keeps the cosines and sines only.
class Turn : public torch::autograd::Function<Turn> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& cos,
                            const at::Tensor& sin) {
    context->save_for_backward({cos, sin});
    return turned(x, cos, sin, 1);
  }
  static variable_list backward(AutogradContext* context, variable_list gradient) {
    const auto saved = context->get_saved_variables();
    return {turned(gradient[0], saved[0], saved[1], -1), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor rope_frequencies(std::int64_t head_size, double theta, double factor,
                            double low_freq_factor, double high_freq_factor,
                            double original_context) {
  const auto exponent = at::arange(0, head_size, 2, at::kFloat) / static_cast<double>(head_size);
  const auto frequency = at::pow(at::scalar_tensor(theta, at::kFloat), exponent).reciprocal();
  if (factor == 1) return frequency;
  const double low_wavelength = original_context / low_freq_factor;
  const double high_wavelength = original_context / high_freq_factor;
  const auto wavelength = kTwoPi / frequency;
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

Rotation make_rotation(const at::Tensor& frequencies, const at::Tensor& positions,
                       at::ScalarType dtype) {
  const auto angles = positions.to(frequencies.options()).unsqueeze(1).unsqueeze(-1) * frequencies;
  const auto both = at::cat({angles, angles}, -1);
  return {both.cos().to(dtype), both.sin().to(dtype)};
}

at::Tensor rotate(const at::Tensor& x, const Rotation& rotation, Implementation implementation) {
  const auto& cos = rotation.cos;
  if (implementation == Implementation::fused && row_operations(x) && cos.dim() == 2 &&
      cos.is_contiguous() && cos.scalar_type() == x.scalar_type() && x.size(-1) % 2 == 0)
    return at::GradMode::is_enabled() && x.requires_grad() ? Turn::apply(x, cos, rotation.sin)
                                                           : turned(x, cos, rotation.sin, 1);
  const auto halves = x.chunk(2, -1);
  return x * rotation.cos + at::cat({-halves[1], halves[0]}, -1) * rotation.sin;
}

}  // namespace ecg_lora::nn
