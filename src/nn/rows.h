// Kernels over the rows of tensors, shared out over the threads.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

#include "kernels.h"

namespace ecg_lora::nn {

/// Whether the kernels can read `x`: fp32 or bf16 on the CPU.
inline bool has_kernels(const at::Tensor& x) { return x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16); }

/// Calls use(pointer-making object) for fp32 or bf16: `use` takes a function that maps a tensor to a typed pointer.
template <class F>
void with_type(at::ScalarType type, F use) {
  if (type == at::kFloat)
    use([](const at::Tensor& x) { return static_cast<float*>(x.data_ptr()); });
  else
    use([](const at::Tensor& x) { return static_cast<kernels::Brain*>(x.data_ptr()); });
}

/// use(begin, end) for parts of [0, rows), each of which is worth a thread.
template <class F>
void in_threads(std::int64_t rows, std::int64_t width, F use) {
  at::parallel_for(0, rows, std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(1, width)), use);
}

}  // namespace ecg_lora::nn
