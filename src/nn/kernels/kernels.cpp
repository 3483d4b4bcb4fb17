#include "ecg_lora/nn/kernels/kernels.h"

#include "for_each_cpu.h"
#include "formulas.h"

namespace ecg_lora::nn::kernels {
namespace {

template <class T>
INLINE void rms_norm_rows(const T* x, const T* weight, T* out, float* scale, std::int64_t rows,
                          std::int64_t width, double eps) {
  for (std::int64_t row = 0; row < rows; ++row, x += width, out += width) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < width; ++i) sum += load(x[i]) * load(x[i]);
    const float r = scale[row] = rms_scale(sum, width, eps);
#pragma omp simd
    for (std::int64_t i = 0; i < width; ++i) normalise(x[i], weight[i], r, out[i]);
  }
}

template <class T>
INLINE void rms_norm_backward_rows(const T* grad, const T* x, const T* weight, const float* scale,
                                   T* out, std::int64_t rows, std::int64_t width) {
  for (std::int64_t row = 0; row < rows; ++row, grad += width, x += width, out += width) {
    float dot = 0;
#pragma omp simd reduction(+ : dot)
    for (std::int64_t i = 0; i < width; ++i) dot += load(grad[i]) * load(weight[i]) * load(x[i]);
    const float r = scale[row], back = rms_back(dot, r, width);
#pragma omp simd
    for (std::int64_t i = 0; i < width; ++i)
      normalise_backward(grad[i], x[i], weight[i], r, back, out[i]);
  }
}

template <class T>
INLINE void swiglu_values(const T* gate, const T* up, T* out, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) swiglu(gate[i], up[i], out[i]);
}

template <class T>
INLINE void swiglu_backward_values(const T* grad, const T* gate, const T* up, T* grad_gate,
                                   T* grad_up, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i)
    swiglu_backward(grad[i], gate[i], up[i], grad_gate[i], grad_up[i]);
}

template <class T>
INLINE void rotate_head(const T* x, const T* cos, const T* sin, T* out, std::int64_t size,
                        float sign) {
  const std::int64_t half = size / 2;
#pragma omp simd
  for (std::int64_t i = 0; i < half; ++i)
    turn(x[i], x[i + half], cos[i], sin[i], cos[i + half], sin[i + half], sign, out[i],
         out[i + half]);
}

}  // namespace

FOR_EACH_CPU void rms_norm(const float* x, const float* weight, float* out, float* scale,
                           std::int64_t rows, std::int64_t width, double eps) {
  rms_norm_rows(x, weight, out, scale, rows, width, eps);
}
FOR_EACH_CPU void rms_norm(const BFloat16* x, const BFloat16* weight, BFloat16* out, float* scale,
                           std::int64_t rows, std::int64_t width, double eps) {
  rms_norm_rows(x, weight, out, scale, rows, width, eps);
}
FOR_EACH_CPU void rms_norm_backward(const float* grad, const float* x, const float* weight,
                                    const float* scale, float* out, std::int64_t rows,
                                    std::int64_t width) {
  rms_norm_backward_rows(grad, x, weight, scale, out, rows, width);
}
FOR_EACH_CPU void rms_norm_backward(const BFloat16* grad, const BFloat16* x, const BFloat16* weight,
                                    const float* scale, BFloat16* out, std::int64_t rows,
                                    std::int64_t width) {
  rms_norm_backward_rows(grad, x, weight, scale, out, rows, width);
}
FOR_EACH_CPU void swiglu(const float* gate, const float* up, float* out, std::int64_t count) {
  swiglu_values(gate, up, out, count);
}
FOR_EACH_CPU void swiglu(const BFloat16* gate, const BFloat16* up, BFloat16* out,
                         std::int64_t count) {
  swiglu_values(gate, up, out, count);
}
FOR_EACH_CPU void swiglu_backward(const float* grad, const float* gate, const float* up,
                                  float* grad_gate, float* grad_up, std::int64_t count) {
  swiglu_backward_values(grad, gate, up, grad_gate, grad_up, count);
}
FOR_EACH_CPU void swiglu_backward(const BFloat16* grad, const BFloat16* gate, const BFloat16* up,
                                  BFloat16* grad_gate, BFloat16* grad_up, std::int64_t count) {
  swiglu_backward_values(grad, gate, up, grad_gate, grad_up, count);
}
FOR_EACH_CPU void rotate(const float* x, const float* cos, const float* sin, float* out,
                         std::int64_t size, float sign) {
  rotate_head(x, cos, sin, out, size, sign);
}
FOR_EACH_CPU void rotate(const BFloat16* x, const BFloat16* cos, const BFloat16* sin, BFloat16* out,
                         std::int64_t size, float sign) {
  rotate_head(x, cos, sin, out, size, sign);
}

}  // namespace ecg_lora::nn::kernels
