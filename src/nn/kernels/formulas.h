// The formulas of the kernels for one value, in fp32 and rounded once: the same for the CPU's loops
// and for CUDA.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "ecg_lora/nn/kernels/kernels.h"

#if defined(__CUDACC__)
#define ECG_LORA_FORMULA __host__ __device__ __forceinline__
#else
#define ECG_LORA_FORMULA inline __attribute__((always_inline))
#endif

namespace ecg_lora::nn::kernels {

ECG_LORA_FORMULA float load(float value) {
  return value;
}
ECG_LORA_FORMULA float load(BFloat16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}
ECG_LORA_FORMULA void store(float value, float& place) {
  place = value;
}
/// To the nearest, ties to even; NaN stays NaN.
ECG_LORA_FORMULA void store(float value, BFloat16& place) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto rounded = static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
  place.bits = value != value ? std::uint16_t{0x7FC0} : rounded;
}

/// e^x to one or two units in the last place (Cephes expf), without a branch; infinite above 88.3,
/// and e^-87 below -87.
ECG_LORA_FORMULA float exponential(float x) {
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

ECG_LORA_FORMULA float logistic(float x) {
  return 1.0F / (1.0F + exponential(-x));
}

/// 1 / sqrt(mean + eps), given the sum of `width` squares.
ECG_LORA_FORMULA float rms_scale(float sum, std::int64_t width, double eps) {
  return static_cast<float>(1 /
                            std::sqrt(static_cast<double>(sum) / static_cast<double>(width) + eps));
}

/// weight * (x * r), where the product in parentheses is rounded as well.
template <class T>
ECG_LORA_FORMULA void normalise(T x, T weight, float r, T& out) {
  T rounded;
  store(load(x) * r, rounded);
  store(load(rounded) * load(weight), out);
}

/// What a row's sum of grad * weight * x takes back of each x.
ECG_LORA_FORMULA float rms_back(float dot, float r, std::int64_t width) {
  return dot * r * r / static_cast<float>(width);
}

template <class T>
ECG_LORA_FORMULA void normalise_backward(T grad, T x, T weight, float r, float back, T& out) {
  store(r * (load(grad) * load(weight) - load(x) * back), out);
}

template <class T>
ECG_LORA_FORMULA void swiglu(T gate, T up, T& out) {
  store(load(gate) * logistic(load(gate)) * load(up), out);
}

template <class T>
ECG_LORA_FORMULA void swiglu_backward(T grad, T gate, T up, T& grad_gate, T& grad_up) {
  const float g = load(gate), s = logistic(g), d = load(grad);
  store(d * load(up) * s * (1 + g * (1 - s)), grad_gate);
  store(d * g * s, grad_up);
}

/// (a, b) to (a cos_a - b sin_a, b cos_b + a sin_b), or with `sign` -1 back.
template <class T>
ECG_LORA_FORMULA void turn(T a, T b, T cos_a, T sin_a, T cos_b, T sin_b, float sign, T& out_a,
                           T& out_b) {
  store(load(a) * load(cos_a) - sign * (load(b) * load(sin_a)), out_a);
  store(load(b) * load(cos_b) + sign * (load(a) * load(sin_b)), out_b);
}

}  // namespace ecg_lora::nn::kernels
