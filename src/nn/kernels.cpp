#include "kernels.h"

#include <bit>
#include <cmath>

// One body for each instruction set, chosen when the program starts.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define FOR_EACH_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_CPU
#endif
#define INLINE inline __attribute__((always_inline))

namespace ecg_lora::nn::kernels {
namespace {

INLINE float load(float value) { return value; }
INLINE float load(Brain value) { return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16); }
INLINE void store(float value, float& place) { place = value; }
/// To the nearest, ties to even; NaN stays NaN.
INLINE void store(float value, Brain& place) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto rounded = static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
  place.bits = value != value ? std::uint16_t{0x7FC0} : rounded;
}

/// e^x to one or two units in the last place (Cephes expf), without a branch; infinite above 88.3, and e^-87 below -87.
INLINE float exponential(float x) {
  x = x > 89.0F ? 89.0F : x;
  x = x < -87.0F ? -87.0F : x;
  const float whole = (x * 1.44269504F + 12582912.0F) - 12582912.0F;
  const float rest = (x - whole * 0.693359375F) + whole * 2.12194440e-4F;
  float y = 1.9875691500e-4F;
  y = y * rest + 1.3981999507e-3F;
  y = y * rest + 8.3334519073e-3F;
  y = y * rest + 4.1665795894e-2F;
  y = y * rest + 1.6666665459e-1F;
  y = y * rest + 5.0000001201e-1F;
  y = y * rest * rest + rest + 1.0F;
  return y * std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
}

INLINE float logistic(float x) { return 1.0F / (1.0F + exponential(-x)); }

template <class T>
INLINE void rms_norm_rows(const T* x, const T* weight, T* out, float* scale, std::int64_t rows, std::int64_t width, double eps) {
  for (std::int64_t row = 0; row < rows; ++row, x += width, out += width) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < width; ++i) sum += load(x[i]) * load(x[i]);
    const float r = static_cast<float>(1 / std::sqrt(static_cast<double>(sum) / static_cast<double>(width) + eps));
    scale[row] = r;
#pragma omp simd
    for (std::int64_t i = 0; i < width; ++i) {
      T rounded;
      store(load(x[i]) * r, rounded);
      store(load(rounded) * load(weight[i]), out[i]);
    }
  }
}

template <class T>
INLINE void rms_norm_backward_rows(const T* grad, const T* x, const T* weight, const float* scale, T* out, std::int64_t rows, std::int64_t width) {
  for (std::int64_t row = 0; row < rows; ++row, grad += width, x += width, out += width) {
    float dot = 0;
#pragma omp simd reduction(+ : dot)
    for (std::int64_t i = 0; i < width; ++i) dot += load(grad[i]) * load(weight[i]) * load(x[i]);
    const float r = scale[row], back = dot * r * r / static_cast<float>(width);
#pragma omp simd
    for (std::int64_t i = 0; i < width; ++i) store(r * (load(grad[i]) * load(weight[i]) - load(x[i]) * back), out[i]);
  }
}

template <class T>
INLINE void swiglu_values(const T* gate, const T* up, T* out, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) store(load(gate[i]) * logistic(load(gate[i])) * load(up[i]), out[i]);
}

template <class T>
INLINE void swiglu_backward_values(const T* grad, const T* gate, const T* up, T* grad_gate, T* grad_up, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) {
    const float g = load(gate[i]), s = logistic(g), d = load(grad[i]);
    store(d * load(up[i]) * s * (1 + g * (1 - s)), grad_gate[i]);
    store(d * g * s, grad_up[i]);
  }
}

template <class T>
INLINE void rotate_head(const T* x, const T* cos, const T* sin, T* out, std::int64_t size, float sign) {
  const std::int64_t half = size / 2;
#pragma omp simd
  for (std::int64_t i = 0; i < half; ++i) {
    const float a = load(x[i]), b = load(x[i + half]);
    store(a * load(cos[i]) - sign * (b * load(sin[i])), out[i]);
    store(b * load(cos[i + half]) + sign * (a * load(sin[i + half])), out[i + half]);
  }
}

}  // namespace

FOR_EACH_CPU void rms_norm(const float* x, const float* weight, float* out, float* scale, std::int64_t rows, std::int64_t width, double eps) {
  rms_norm_rows(x, weight, out, scale, rows, width, eps);
}
FOR_EACH_CPU void rms_norm(const Brain* x, const Brain* weight, Brain* out, float* scale, std::int64_t rows, std::int64_t width, double eps) {
  rms_norm_rows(x, weight, out, scale, rows, width, eps);
}
FOR_EACH_CPU void rms_norm_backward(const float* grad, const float* x, const float* weight, const float* scale, float* out, std::int64_t rows, std::int64_t width) {
  rms_norm_backward_rows(grad, x, weight, scale, out, rows, width);
}
FOR_EACH_CPU void rms_norm_backward(const Brain* grad, const Brain* x, const Brain* weight, const float* scale, Brain* out, std::int64_t rows, std::int64_t width) {
  rms_norm_backward_rows(grad, x, weight, scale, out, rows, width);
}
FOR_EACH_CPU void swiglu(const float* gate, const float* up, float* out, std::int64_t count) { swiglu_values(gate, up, out, count); }
FOR_EACH_CPU void swiglu(const Brain* gate, const Brain* up, Brain* out, std::int64_t count) { swiglu_values(gate, up, out, count); }
FOR_EACH_CPU void swiglu_backward(const float* grad, const float* gate, const float* up, float* grad_gate, float* grad_up, std::int64_t count) {
  swiglu_backward_values(grad, gate, up, grad_gate, grad_up, count);
}
FOR_EACH_CPU void swiglu_backward(const Brain* grad, const Brain* gate, const Brain* up, Brain* grad_gate, Brain* grad_up, std::int64_t count) {
  swiglu_backward_values(grad, gate, up, grad_gate, grad_up, count);
}
FOR_EACH_CPU void rotate(const float* x, const float* cos, const float* sin, float* out, std::int64_t size, float sign) { rotate_head(x, cos, sin, out, size, sign); }
FOR_EACH_CPU void rotate(const Brain* x, const Brain* cos, const Brain* sin, Brain* out, std::int64_t size, float sign) { rotate_head(x, cos, sin, out, size, sign); }

}  // namespace ecg_lora::nn::kernels
