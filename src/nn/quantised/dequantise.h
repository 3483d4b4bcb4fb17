// Codes to values, on the CPU.
#pragma once

#include <cstdint>

namespace ecg_lora::nn {

/// `count` values of NF4 codes, two a byte; absmax of each block of 64. T is float, double,
/// c10::BFloat16 or c10::Half.
template <class T>
void nf4_values(const std::uint8_t* codes, const float* absmax, std::int64_t count, T* values);

/// `rows` rows of `columns` values.
template <class T>
void int8_values(const std::int8_t* codes, const float* absmax, std::int64_t rows,
                 std::int64_t columns, T* values);

}  // namespace ecg_lora::nn
