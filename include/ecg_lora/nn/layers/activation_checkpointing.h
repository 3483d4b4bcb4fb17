// Activation checkpointing (Chen et al. 2016, arXiv 1604.06174): a layer's activations are
// recomputed in the backward pass instead of kept.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <vector>

namespace ecg_lora::nn {

/// layer(x, other), keeping only x and other for the backward pass; tensors of any shape, `other`
/// may be undefined. `layer` must be a pure function of x, other, `parameters`, and of the random
/// numbers of x's device, whose state is restored for the second run. What else it reads must not
/// need a gradient. Gradients are those of the plain call, to the bit; if x or other feed other
/// layers too, provided that `layer` reads them through a view, which sums its own share of their
/// gradient before that of the others is added. Throws what `layer` throws, in either pass.
at::Tensor checkpointed(
    const std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>& layer,
    const at::Tensor& x, const at::Tensor& other, const std::vector<at::Tensor>& parameters);

}  // namespace ecg_lora::nn
