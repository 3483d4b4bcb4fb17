// Any text as ptbxl_database.csv: read, or refused with an ecg_lora::Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "ecg/ptbxl/records.h"
#include "ecg_lora/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto& record :
         ecg_lora::ptbxl::read_records(ecg_lora::CsvReader(text, "fuzz.csv"))) {
      if (record.strat_fold < 1 || record.strat_fold > 10) std::abort();
    }
  } catch (const ecg_lora::Error&) {
  }
  return 0;
}
