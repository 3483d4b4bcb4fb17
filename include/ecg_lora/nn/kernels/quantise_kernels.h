// Values to NF4 codes, compiled for several instruction sets.
#pragma once

#include <array>
#include <cstdint>

#include "ecg_lora/nn/kernels/kernels.h"

namespace ecg_lora::nn::kernels {

/// What a block whose magnitudes are all smaller is divided by, so that zeros stay zeros.
inline constexpr float kMinAbsmax = 1e-38F;

/// Codes [blocks * 32], two per byte, and absmax [blocks] (largest magnitudes) of whole blocks of
/// 64 values (Dettmers et al. 2023, arXiv 2305.14314). A value's code is the number of `bounds`
/// below value / absmax; the first of two values is in the upper half of its byte. Returns the bits
/// of the largest magnitude, which are those of infinity (0x7f800000) or above if any value is
/// infinite or NaN.
std::uint32_t nf4_blocks(const float* values, std::int64_t blocks,
                         const std::array<float, 15>& bounds, std::uint8_t* codes, float* absmax);
std::uint32_t nf4_blocks(const BFloat16* values, std::int64_t blocks,
                         const std::array<float, 15>& bounds, std::uint8_t* codes, float* absmax);

}  // namespace ecg_lora::nn::kernels
