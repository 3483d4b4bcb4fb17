// The values of a tensor as the kernels take them.
#pragma once

#include <ATen/ATen.h>

#include "ecg_lora/nn/kernels/kernels.h"

namespace ecg_lora::nn {

/// Calls use(pointer-making object) for fp32 or bf16: `use` takes a function that maps a tensor to
/// a typed pointer.
template <class F>
void with_type(at::ScalarType type, F use) {
  if (type == at::kFloat)
    use([](const at::Tensor& x) { return static_cast<float*>(x.data_ptr()); });
  else
    use([](const at::Tensor& x) { return static_cast<kernels::BFloat16*>(x.data_ptr()); });
}

}  // namespace ecg_lora::nn
