// Activation checkpointing: a layer's activations are recomputed in the backward pass instead of kept.
#pragma once

#include <torch/torch.h>

#include <functional>

namespace ecg_lora::nn {

/// layer(x), keeping only x for the backward pass. `layer` must be a pure function of x, of parameters, and of the random
/// numbers of x's device, whose state is restored for the second run: gradients are those of the plain call, to the bit
/// where x and other feed this layer alone, and summed in another order where they feed several.
/// What else the layer reads must not need a gradient, unless it is passed as `other`.
at::Tensor checkpointed(const std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>& layer, const at::Tensor& x,
                        const at::Tensor& other = {});

}  // namespace ecg_lora::nn
