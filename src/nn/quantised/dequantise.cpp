#include "dequantise.h"

#include <ATen/Parallel.h>
#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <algorithm>

#include "quantised_codes.h"

namespace ecg_lora::nn {

template <class T>
void nf4_values(const std::uint8_t* codes, const float* absmax, std::int64_t count, T* values) {
  at::parallel_for(
      0, (count + kNf4Block - 1) / kNf4Block, 512, [&](std::int64_t begin, std::int64_t end) {
        for (auto block = begin; block < end; ++block) {
          T map[16];  // sixteen products a block, rounded once; its values are looked up
          for (std::size_t i = 0; i < 16; ++i) map[i] = static_cast<T>(kNf4Map[i] * absmax[block]);
          const auto first = block * kNf4Block, length = std::min(kNf4Block, count - first);
          const auto* in = codes + first / 2;
          auto* out = values + first;
          for (std::int64_t i = 0; i + 1 < length; i += 2, ++in)
            out[i] = map[*in >> 4], out[i + 1] = map[*in & 15];
          if (length % 2 == 1) out[length - 1] = map[*in >> 4];
        }
      });
}

template <class T>
void int8_values(const std::int8_t* codes, const float* absmax, std::int64_t rows,
                 std::int64_t columns, T* values) {
  constexpr auto step = static_cast<float>(kInt8Step);
  at::parallel_for(0, rows, std::max<std::int64_t>(1, 32768 / columns),
                   [&](std::int64_t begin, std::int64_t end) {
                     for (auto row = begin; row < end; ++row) {
                       const auto* in = codes + row * columns;
                       auto* out = values + row * columns;
                       const float scale = absmax[row];
                       for (std::int64_t i = 0; i < columns; ++i)
                         out[i] = static_cast<T>(static_cast<float>(in[i]) * scale * step);
                     }
                   });
}

#define ECG_LORA_DEQUANTISE(T)                                                      \
  template void nf4_values<T>(const std::uint8_t*, const float*, std::int64_t, T*); \
  template void int8_values<T>(const std::int8_t*, const float*, std::int64_t, std::int64_t, T*)
ECG_LORA_DEQUANTISE(float);
ECG_LORA_DEQUANTISE(double);
ECG_LORA_DEQUANTISE(c10::BFloat16);
ECG_LORA_DEQUANTISE(c10::Half);
#undef ECG_LORA_DEQUANTISE

}  // namespace ecg_lora::nn
