// Any text as a header with the Challenge's comments: read, or refused with an ecg_lora::Error.
#include <cstddef>
#include <cstdint>

#include "ecg_lora/base/error.h"
#include "sources/header_facts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    ecg_lora::sources::parse_header_facts({reinterpret_cast<const char*>(data), size}, "fuzz.hea");
  } catch (const ecg_lora::Error&) {
  }
  return 0;
}
