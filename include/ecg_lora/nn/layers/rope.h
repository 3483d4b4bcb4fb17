// Rotary position embedding (Su et al. 2021, arXiv 2104.09864) with "llama3" frequency scaling. B
// rows, H heads, S tokens, d head size (even).
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "ecg_lora/nn/layers/implementation.h"

namespace ecg_lora::nn {

/// Inverse frequencies theta^(-2i/d) [d / 2], fp32 on the CPU, scaled as transformers'
/// _compute_llama3_parameters does: those of wavelengths above original_context / low_freq_factor
/// tokens are divided by `factor`, those below original_context / high_freq_factor stay, and those
/// between are blended. Factor 1 leaves all unscaled.
at::Tensor rope_frequencies(std::int64_t head_size, double theta, double factor,
                            double low_freq_factor, double high_freq_factor,
                            double original_context);

/// Cosines and sines of the angles of S tokens, in the dtype of the states that they rotate.
struct Rotation {
  /// [S, d], or [B, 1, S, d] if each row has positions of its own.
  at::Tensor cos, sin;
};
/// For positions `first` to first + count - 1: position times `frequencies` [d / 2], once for each
/// half of a head. On the device of `frequencies`.
Rotation make_rotation(const at::Tensor& frequencies, std::int64_t first, std::int64_t count,
                       at::ScalarType dtype);
/// The same for `positions` [B, S] of each row's own.
Rotation make_rotation(const at::Tensor& frequencies, const at::Tensor& positions,
                       at::ScalarType dtype);

/// x [B, H, S, d] rotated, in x's dtype. The two halves (a, b) of a head form the pairs, as in
/// transformers: (a cos - b sin, b cos + a sin). Fused if rows share their positions, in fp32 or
/// bf16.
at::Tensor rotate(const at::Tensor& x, const Rotation& rotation,
                  Implementation implementation = Implementation::fused);

}  // namespace ecg_lora::nn
