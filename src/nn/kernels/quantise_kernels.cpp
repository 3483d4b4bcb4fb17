#include "ecg_lora/nn/kernels/quantise_kernels.h"

#include <bit>

#include "for_each_cpu.h"
#include "formulas.h"

namespace ecg_lora::nn::kernels {
namespace {

constexpr std::int64_t kBlock = 64;

/// Magnitudes are compared as integers: the order is that of the numbers, with infinity and NaN
/// above all others.
template <class T>
INLINE std::uint32_t largest_magnitude(const T* values, float* loaded) {
  std::uint32_t most = 0;
#pragma omp simd reduction(max : most)
  for (std::int64_t i = 0; i < kBlock; ++i) {
    loaded[i] = load(values[i]);
    const auto magnitude = std::bit_cast<std::uint32_t>(loaded[i]) & 0x7fffffffU;
    most = most > magnitude ? most : magnitude;
  }
  return most;
}

INLINE void block_codes(const float* values, float factor, const std::array<float, 15>& bounds,
                        std::uint8_t* codes) {
  std::int32_t below[kBlock];
#pragma omp simd
  for (std::int64_t i = 0; i < kBlock; ++i) {
    const float scaled = values[i] * factor;
    std::int32_t count = 0;
    for (std::size_t b = 0; b < 15; ++b) count += scaled > bounds[b];
    below[i] = count;
  }
#pragma omp simd
  for (std::int64_t i = 0; i < kBlock / 2; ++i)
    codes[i] = static_cast<std::uint8_t>(below[2 * i] << 4 | below[2 * i + 1]);
}

template <class T>
INLINE std::uint32_t blocks_codes(const T* values, std::int64_t blocks,
                                  const std::array<float, 15>& bounds, std::uint8_t* codes,
                                  float* absmax) {
  std::uint32_t most = 0;
  float loaded[kBlock];
  for (std::int64_t i = 0; i < blocks; ++i, values += kBlock, codes += kBlock / 2) {
    const auto bits = largest_magnitude(values, loaded);
    most = most > bits ? most : bits;
    absmax[i] = std::bit_cast<float>(bits);
    block_codes(loaded, 1.0F / (absmax[i] > kMinAbsmax ? absmax[i] : kMinAbsmax), bounds, codes);
  }
  return most;
}

}  // namespace

FOR_EACH_CPU std::uint32_t nf4_blocks(const float* values, std::int64_t blocks,
                                      const std::array<float, 15>& bounds, std::uint8_t* codes,
                                      float* absmax) {
  return blocks_codes(values, blocks, bounds, codes, absmax);
}

FOR_EACH_CPU std::uint32_t nf4_blocks(const BFloat16* values, std::int64_t blocks,
                                      const std::array<float, 15>& bounds, std::uint8_t* codes,
                                      float* absmax) {
  return blocks_codes(values, blocks, bounds, codes, absmax);
}

}  // namespace ecg_lora::nn::kernels
