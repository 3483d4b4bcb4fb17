// The row operations on CUDA.
#pragma once

#include "ecg_lora/nn/kernels/row_operations.h"

namespace ecg_lora::nn {

/// Null in a build without CUDA's compiler.
const RowOperations* cuda_row_operations();

}  // namespace ecg_lora::nn
