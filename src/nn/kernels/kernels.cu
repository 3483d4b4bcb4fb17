// Launches: how many values a thread takes at once, and how many threads and blocks there are.
// Outside CUDA's compiler, in tests, launch() is theirs.
#include <algorithm>
#include <bit>
#include <initializer_list>
#include <type_traits>

#include "device_kernels.h"

namespace ecg_lora::nn::kernels::cuda {
namespace {

/// Whether runs of 16 bytes begin at each of `pointers`, and after every multiple of `values` from
/// there.
template <class T>
bool in_runs(std::initializer_list<const void*> pointers,
             std::initializer_list<std::int64_t> values) {
  return std::all_of(pointers.begin(), pointers.end(),
                     [](const void* p) { return reinterpret_cast<std::uintptr_t>(p) % 16 == 0; }) &&
         std::all_of(values.begin(), values.end(), [](std::int64_t n) {
           return n * static_cast<std::int64_t>(sizeof(T)) % 16 == 0;
         });
}

/// use(the number of values that a thread takes at once, as a type).
template <class T, class F>
void with_run(bool in_runs, F use) {
  if (in_runs)
    use(std::integral_constant<int, 16 / sizeof(T)>());
  else
    use(std::integral_constant<int, 1>());
}

/// Threads of a block that shares a row of `runs` runs.
unsigned row_threads(std::int64_t runs) {
  return std::clamp(
      std::bit_ceil(static_cast<unsigned>(std::min<std::int64_t>(runs, device::kMaxThreads))), 32U,
      unsigned{device::kMaxThreads});
}

unsigned blocks(std::int64_t threads) {
  return static_cast<unsigned>((threads + device::kMaxThreads - 1) / device::kMaxThreads);
}

#ifdef __CUDACC__
template <class... Parameters, class... Arguments>
void launch(void (*kernel)(Parameters...), unsigned blocks, unsigned threads, void* stream,
            Arguments... arguments) {
  kernel<<<blocks, threads, 0, static_cast<cudaStream_t>(stream)>>>(arguments...);
}
#endif

}  // namespace

template <class T>
void rms_norm(const T* x, const T* weight, T* out, float* scale, std::int64_t rows,
              std::int64_t width, double eps, void* stream) {
  with_run<T>(in_runs<T>({x, weight, out}, {width}), [&](auto n) {
    launch(device::rms_norm<n(), T>, static_cast<unsigned>(rows), row_threads(width / n()), stream,
           x, weight, out, scale, width, eps);
  });
}

template <class T>
void rms_norm_backward(const T* grad, const T* x, const T* weight, const float* scale, T* out,
                       std::int64_t rows, std::int64_t width, void* stream) {
  with_run<T>(in_runs<T>({grad, x, weight, out}, {width}), [&](auto n) {
    launch(device::rms_norm_backward<n(), T>, static_cast<unsigned>(rows), row_threads(width / n()),
           stream, grad, x, weight, scale, out, width);
  });
}

template <class T>
void swiglu(const T* gate, const T* up, T* out, std::int64_t count, void* stream) {
  with_run<T>(in_runs<T>({gate, up, out}, {count}), [&](auto n) {
    launch(device::swiglu<n(), T>, blocks(count / n()), device::kMaxThreads, stream, gate, up, out,
           count);
  });
}

template <class T>
void swiglu_backward(const T* grad, const T* gate, const T* up, T* grad_gate, T* grad_up,
                     std::int64_t count, void* stream) {
  with_run<T>(in_runs<T>({grad, gate, up, grad_gate, grad_up}, {count}), [&](auto n) {
    launch(device::swiglu_backward<n(), T>, blocks(count / n()), device::kMaxThreads, stream, grad,
           gate, up, grad_gate, grad_up, count);
  });
}

template <class T>
void rotate(const T* x, const Heads& shape, const T* cos, const T* sin, T* out, float sign,
            void* stream) {
  const auto half = shape.size / 2;
  with_run<T>(in_runs<T>({x, cos, sin, out},
                         {half, shape.batch_stride, shape.head_stride, shape.token_stride}),
              [&](auto n) {
                const auto threads = shape.batch * shape.tokens * shape.heads * (half / n());
                launch(device::rotate<n(), T>, blocks(threads), device::kMaxThreads, stream, x,
                       shape, cos, sin, out, sign);
              });
}

template void rms_norm(const float*, const float*, float*, float*, std::int64_t, std::int64_t,
                       double, void*);
template void rms_norm(const BFloat16*, const BFloat16*, BFloat16*, float*, std::int64_t,
                       std::int64_t, double, void*);
template void rms_norm_backward(const float*, const float*, const float*, const float*, float*,
                                std::int64_t, std::int64_t, void*);
template void rms_norm_backward(const BFloat16*, const BFloat16*, const BFloat16*, const float*,
                                BFloat16*, std::int64_t, std::int64_t, void*);
template void swiglu(const float*, const float*, float*, std::int64_t, void*);
template void swiglu(const BFloat16*, const BFloat16*, BFloat16*, std::int64_t, void*);
template void swiglu_backward(const float*, const float*, const float*, float*, float*,
                              std::int64_t, void*);
template void swiglu_backward(const BFloat16*, const BFloat16*, const BFloat16*, BFloat16*,
                              BFloat16*, std::int64_t, void*);
template void rotate(const float*, const Heads&, const float*, const float*, float*, float, void*);
template void rotate(const BFloat16*, const Heads&, const BFloat16*, const BFloat16*, BFloat16*,
                     float, void*);

}  // namespace ecg_lora::nn::kernels::cuda
