// Loops over contiguous rows for the CPU, compiled for several instruction sets. Values are read,
// computed in fp32 and rounded once, by src/nn/kernels/formulas.h. No argument is checked.
#pragma once

#include <cstdint>

namespace ecg_lora::nn::kernels {

/// A bfloat16 as its bits.
struct BFloat16 {
  std::uint16_t bits;
};

/// out = weight * (x * r), r = 1 / sqrt(mean(x^2) + eps), of `rows` rows of `width`; `scale` [rows]
/// gets r.
void rms_norm(const float* x, const float* weight, float* out, float* scale, std::int64_t rows,
              std::int64_t width, double eps);
void rms_norm(const BFloat16* x, const BFloat16* weight, BFloat16* out, float* scale,
              std::int64_t rows, std::int64_t width, double eps);

/// The gradient of x to `out`, given that of rms_norm(), `grad`, all `rows` rows of `width`, and
/// the `scale` [rows] that it gave.
void rms_norm_backward(const float* grad, const float* x, const float* weight, const float* scale,
                       float* out, std::int64_t rows, std::int64_t width);
void rms_norm_backward(const BFloat16* grad, const BFloat16* x, const BFloat16* weight,
                       const float* scale, BFloat16* out, std::int64_t rows, std::int64_t width);

/// out = silu(gate) * up, of `count` values.
void swiglu(const float* gate, const float* up, float* out, std::int64_t count);
void swiglu(const BFloat16* gate, const BFloat16* up, BFloat16* out, std::int64_t count);

/// Gradients of gate and up, given that of swiglu(), `grad`, of `count` values.
void swiglu_backward(const float* grad, const float* gate, const float* up, float* grad_gate,
                     float* grad_up, std::int64_t count);
void swiglu_backward(const BFloat16* grad, const BFloat16* gate, const BFloat16* up,
                     BFloat16* grad_gate, BFloat16* grad_up, std::int64_t count);

/// One head of `size` values turned: halves (a, b) to (a cos - b sin, b cos + a sin), with cos and
/// sin [size] each their own; `sign` -1 turns back.
void rotate(const float* x, const float* cos, const float* sin, float* out, std::int64_t size,
            float sign);
void rotate(const BFloat16* x, const BFloat16* cos, const BFloat16* sin, BFloat16* out,
            std::int64_t size, float sign);

}  // namespace ecg_lora::nn::kernels
