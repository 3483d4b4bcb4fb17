// Any text as a WFDB header: parsed, or refused with an ecg_lora::Error.
#include <cstddef>
#include <cstdint>

#include "ecg/wfdb/header.h"
#include "ecg_lora/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    ecg_lora::wfdb::parse_header({reinterpret_cast<const char*>(data), size}, "fuzz.hea");
  } catch (const ecg_lora::Error&) {
  }
  return 0;
}
