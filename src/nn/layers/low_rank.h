// A frozen linear and its adapter as one operation.
#pragma once

#include "ecg_lora/nn/layers/activation.h"
#include "ecg_lora/nn/layers/linear.h"

namespace ecg_lora::nn {

/// activate(x) W^T + b + scale * (dropout(activate(x)) A^T) B^T. What the backward pass keeps: x,
/// gate, A's product [.., R] and with dropout its mask. `adapter.a` undefined: no
/// adapter. The linear's weight and bias are frozen.
at::Tensor low_rank_product(const std::shared_ptr<LinearImpl>& linear, Activation activation,
                            const at::Tensor& x, const at::Tensor& gate, const Adapter& adapter);

}  // namespace ecg_lora::nn
