// The code books of quantised weights, and values to codes.
#pragma once

#include <ATen/ATen.h>
#include <c10/util/BFloat16.h>

#include <array>
#include <cstdint>
#include <utility>

namespace ecg_lora::nn {

constexpr std::int64_t kNf4Block = 64;              ///< values that share an absmax
constexpr std::int64_t kAbsmaxBlock = 256;          ///< absmaxes that share a scale
constexpr double kInt8Step = 7.874015718698502e-3;  ///< 1 / 127, as bitsandbytes writes it

/// NormalFloat-4: quantiles of the normal distribution, scaled to -1 … 1, with an exact 0 (QLoRA,
/// appendix E).
constexpr std::array<float, 16> kNf4Map = {-1.0f,
                                           -0.6961928009986877f,
                                           -0.5250730514526367f,
                                           -0.39491748809814453f,
                                           -0.28444138169288635f,
                                           -0.18477343022823334f,
                                           -0.09105003625154495f,
                                           0.0f,
                                           0.07958029955625534f,
                                           0.16093020141124725f,
                                           0.24611230194568634f,
                                           0.33791524171829224f,
                                           0.44070982933044434f,
                                           0.5626170039176941f,
                                           0.7229568362236023f,
                                           1.0f};

/// [256, 2] fp32: the two values that a byte of codes stands for.
at::Tensor nf4_pairs(at::Device device);

/// The signed dynamic 8-bit code (Dettmers 2016, arXiv 1511.04561), [256] ascending, as
/// bitsandbytes' create_dynamic_map().
at::Tensor dynamic_map(at::Device device);

/// Codes (two a byte) and absmax of blocks of 64 of `count` values; the last block may be short.
/// Nearest code, the lower of equals. False if a value is not finite; the codes mean nothing then.
bool nf4_codes(const float* values, std::int64_t count, std::uint8_t* codes, float* absmax);
bool nf4_codes(const c10::BFloat16* values, std::int64_t count, std::uint8_t* codes, float* absmax);

/// Codes [n] uint8 and scales [ceil(n / 256)] of values [n] in the dynamic code, in blocks of 256.
/// Nearest code, the lower of equals.
std::pair<at::Tensor, at::Tensor> dynamic_codes(const at::Tensor& values);

}  // namespace ecg_lora::nn
