// The kernels of kernels.h over whole arrays on a CUDA device, queued on `stream` (a cudaStream_t).
// Pointers are the device's; T is float or BFloat16.
#pragma once

#include <cstdint>

#include "ecg_lora/nn/kernels/kernels.h"

namespace ecg_lora::nn::kernels::cuda {

/// Heads of one tensor [B, H, S, d] that lie one after the other in memory or not; d is contiguous.
struct Heads {
  std::int64_t batch, heads, tokens, size;
  std::int64_t batch_stride, head_stride, token_stride;
};

template <class T>
void rms_norm(const T* x, const T* weight, T* out, float* scale, std::int64_t rows,
              std::int64_t width, double eps, void* stream);
template <class T>
void rms_norm_backward(const T* grad, const T* x, const T* weight, const float* scale, T* out,
                       std::int64_t rows, std::int64_t width, void* stream);
template <class T>
void swiglu(const T* gate, const T* up, T* out, std::int64_t count, void* stream);
template <class T>
void swiglu_backward(const T* grad, const T* gate, const T* up, T* grad_gate, T* grad_up,
                     std::int64_t count, void* stream);
/// To out [B, S, H, d], with cos and sin [S, d].
template <class T>
void rotate(const T* x, const Heads& shape, const T* cos, const T* sin, T* out, float sign,
            void* stream);

}  // namespace ecg_lora::nn::kernels::cuda
