// What a CUDA thread does. Free of launches and of CUDA's headers, so that tests can run it on the
// CPU, with threads for threads.
#pragma once

#include <cstdint>

#include "formulas.h"
#include "kernels_cuda.h"

namespace ecg_lora::nn::kernels::device {

constexpr int kMaxThreads = 256;  ///< of a block; a power of 2

/// N values that a thread reads and writes at once.
template <int N, class T>
struct alignas(N * sizeof(T)) Run {
  T at[N];
};

template <int N, class T>
__device__ __forceinline__ const Run<N, T>* runs(const T* x) {
  return reinterpret_cast<const Run<N, T>*>(x);
}
template <int N, class T>
__device__ __forceinline__ Run<N, T>* runs(T* x) {
  return reinterpret_cast<Run<N, T>*>(x);
}

/// The sum of `value` over the threads of a block, whose number is a power of 2; called once in a
/// kernel.
__device__ inline float block_sum(float value) {
  __shared__ float sums[kMaxThreads];
  sums[threadIdx.x] = value;
  __syncthreads();
  for (unsigned step = blockDim.x / 2; step > 0; step /= 2) {
    if (threadIdx.x < step) sums[threadIdx.x] += sums[threadIdx.x + step];
    __syncthreads();
  }
  return sums[0];
}

/// A block a row.
template <int N, class T>
__global__ void rms_norm(const T* x, const T* weight, T* out, float* scale, std::int64_t width,
                         double eps) {
  const auto row = std::int64_t{blockIdx.x} * width;
  float sum = 0;
  for (std::int64_t i = threadIdx.x; i < width / N; i += blockDim.x) {
    const auto v = runs<N>(x + row)[i];
    for (int k = 0; k < N; ++k) sum += load(v.at[k]) * load(v.at[k]);
  }
  const float r = rms_scale(block_sum(sum), width, eps);
  if (threadIdx.x == 0) scale[blockIdx.x] = r;
  for (std::int64_t i = threadIdx.x; i < width / N; i += blockDim.x) {
    const auto v = runs<N>(x + row)[i], w = runs<N>(weight)[i];
    Run<N, T> result;
    for (int k = 0; k < N; ++k) normalise(v.at[k], w.at[k], r, result.at[k]);
    runs<N>(out + row)[i] = result;
  }
}

/// A block a row.
template <int N, class T>
__global__ void rms_norm_backward(const T* grad, const T* x, const T* weight, const float* scale,
                                  T* out, std::int64_t width) {
  const auto row = std::int64_t{blockIdx.x} * width;
  float dot = 0;
  for (std::int64_t i = threadIdx.x; i < width / N; i += blockDim.x) {
    const auto g = runs<N>(grad + row)[i], v = runs<N>(x + row)[i], w = runs<N>(weight)[i];
    for (int k = 0; k < N; ++k) dot += load(g.at[k]) * load(w.at[k]) * load(v.at[k]);
  }
  const float r = scale[blockIdx.x], back = rms_back(block_sum(dot), r, width);
  for (std::int64_t i = threadIdx.x; i < width / N; i += blockDim.x) {
    const auto g = runs<N>(grad + row)[i], v = runs<N>(x + row)[i], w = runs<N>(weight)[i];
    Run<N, T> result;
    for (int k = 0; k < N; ++k)
      normalise_backward(g.at[k], v.at[k], w.at[k], r, back, result.at[k]);
    runs<N>(out + row)[i] = result;
  }
}

/// A thread a run.
template <int N, class T>
__global__ void swiglu(const T* gate, const T* up, T* out, std::int64_t count) {
  const auto i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i >= count / N) return;
  const auto g = runs<N>(gate)[i], u = runs<N>(up)[i];
  Run<N, T> result;
  for (int k = 0; k < N; ++k) kernels::swiglu(g.at[k], u.at[k], result.at[k]);
  runs<N>(out)[i] = result;
}

/// A thread a run.
template <int N, class T>
__global__ void swiglu_backward(const T* grad, const T* gate, const T* up, T* grad_gate, T* grad_up,
                                std::int64_t count) {
  const auto i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i >= count / N) return;
  const auto d = runs<N>(grad)[i], g = runs<N>(gate)[i], u = runs<N>(up)[i];
  Run<N, T> of_gate, of_up;
  for (int k = 0; k < N; ++k)
    kernels::swiglu_backward(d.at[k], g.at[k], u.at[k], of_gate.at[k], of_up.at[k]);
  runs<N>(grad_gate)[i] = of_gate;
  runs<N>(grad_up)[i] = of_up;
}

/// A thread a run of the first halves of heads, in the order of `out`, and the run of the second
/// half that it is turned with.
template <int N, class T>
__global__ void rotate(const T* x, cuda::Heads shape, const T* cos, const T* sin, T* out,
                       float sign) {
  const auto half = shape.size / 2, runs_a_head = half / N;
  const auto thread = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (thread >= shape.batch * shape.tokens * shape.heads * runs_a_head) return;
  const auto i = thread % runs_a_head * N, head = thread / runs_a_head % shape.heads,
             token = thread / runs_a_head / shape.heads % shape.tokens;
  const auto batch = thread / runs_a_head / shape.heads / shape.tokens;
  const T* in =
      x + batch * shape.batch_stride + head * shape.head_stride + token * shape.token_stride + i;
  const T *c = cos + token * shape.size + i, *s = sin + token * shape.size + i;
  T* to = out + ((batch * shape.tokens + token) * shape.heads + head) * shape.size + i;
  const auto a = *runs<N>(in), b = *runs<N>(in + half), cos_a = *runs<N>(c),
             cos_b = *runs<N>(c + half), sin_a = *runs<N>(s), sin_b = *runs<N>(s + half);
  Run<N, T> first, second;
  for (int k = 0; k < N; ++k)
    turn(a.at[k], b.at[k], cos_a.at[k], sin_a.at[k], cos_b.at[k], sin_b.at[k], sign, first.at[k],
         second.at[k]);
  *runs<N>(to) = first;
  *runs<N>(to + half) = second;
}

}  // namespace ecg_lora::nn::kernels::device
