// Rotary position embedding with "llama3" frequency scaling.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "ecg_lora/nn/layers/implementation.h"

namespace ecg_lora::nn {

/// Inverse frequencies [head_size / 2], fp32, as transformers' _compute_llama3_parameters; factor 1
/// leaves them unscaled.
at::Tensor rope_frequencies(std::int64_t head_size, double theta, double factor,
                            double low_freq_factor, double high_freq_factor,
                            double original_context);

/// Cosines and sines of a run of positions, in the dtype of the states they rotate.
struct Rotation {
  at::Tensor cos,
      sin;  ///< [S, head_size], or [B, 1, S, head_size] where rows have positions of their own
};
Rotation make_rotation(const at::Tensor& frequencies, std::int64_t first, std::int64_t count,
                       at::ScalarType dtype);
/// The same for positions [B, S] of each row's own.
Rotation make_rotation(const at::Tensor& frequencies, const at::Tensor& positions,
                       at::ScalarType dtype);

/// Rotates x [B, H, S, head_size]; the two halves of a head form the pairs, as in transformers.
at::Tensor rotate(const at::Tensor& x, const Rotation& rotation,
                  Implementation implementation = Implementation::fused);

}  // namespace ecg_lora::nn
