// The header of a safetensors file: 8 bytes of little-endian length, then JSON, then the data
// section.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ecg_lora/tensorio/safetensors.h"

namespace ecg_lora::tensorio {

struct Header {
  std::vector<TensorInfo> tensors;  ///< in the order of their bytes
  std::map<std::string, std::string> metadata;
  std::uint64_t data_begin = 0;  ///< of the data section in the file
};

/// Checks that tensors fill the data section of `bytes` without hole or overlap, and that shapes
/// and dtypes agree with their byte ranges. Checkpoint error otherwise; `origin` names the file.
Header parse_header(std::string_view bytes, const std::string& origin);

}  // namespace ecg_lora::tensorio
