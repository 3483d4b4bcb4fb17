// Checksums of TFRecord.
#pragma once

#include <cstdint>
#include <string_view>

namespace ecg_lora::train {

/// CRC-32C (Castagnoli; RFC 3720) masked as TFRecord has it: rotated right by 15 bits, plus
/// 0xa282ead8.
std::uint32_t masked_crc32c(std::string_view bytes);

}  // namespace ecg_lora::train
