// Any bytes as the pickle of a state dict: read, or refused with an ecg_lora::Error.
#include <cstddef>
#include <cstdint>

#include "ecg_lora/base/error.h"
#include "tensorio/pickle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    for (const auto& tensor : ecg_lora::tensorio::parse_state_dict(
             {reinterpret_cast<const char*>(data), size}, "fuzz.pth"))
      if (tensor.shape.size() != tensor.stride.size() || tensor.offset < 0) __builtin_trap();
  } catch (const ecg_lora::Error&) {
  }
  return 0;
}
