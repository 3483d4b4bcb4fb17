// Any text as a header with the Challenge's comments: read, or refused with an ecg_lora::Error.
#include <cstddef>
#include <cstdint>

#include "ecg/collections/header_facts.h"
#include "ecg_lora/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    ecg_lora::collections::parse_header_facts({reinterpret_cast<const char*>(data), size},
                                              "fuzz.hea");
  } catch (const ecg_lora::Error&) {
  }
  return 0;
}
