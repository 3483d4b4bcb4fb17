// Numbers of bytes as users write them.
#pragma once

#include <cstdint>
#include <string>

namespace ecg_lora {

/// "5GB", "500MB" or a plain number, in powers of ten as Hugging Face counts; 0 for nothing. Usage
/// error that names `option` otherwise.
std::uint64_t parse_bytes(const std::string& option, const std::string& text);

}  // namespace ecg_lora
