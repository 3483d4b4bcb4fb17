// Any text as the dict literal of SCP codes: parsed, or refused with an ecg_lora::Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "ecg/ptbxl/scp_codes.h"
#include "ecg_lora/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto codes = ecg_lora::ptbxl::parse_scp_codes({reinterpret_cast<const char*>(data), size},
                                                        [] { return std::string("fuzz"); });
    for (const auto& [code, likelihood] : codes) {
      if (!(likelihood >= 0 && likelihood <= 100)) std::abort();
    }
  } catch (const ecg_lora::Error&) {
  }
  return 0;
}
