// Prints records for check_values.py: for each argument its leads, as raw doubles, one lead after the other.
#include <iostream>

#include "ecg_lora/base/run.h"
#include "ecg_lora/wfdb/record.h"

namespace {

int print(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    for (const auto& lead : ecg_lora::wfdb::read_record(argv[i]).leads) {
      std::cout.write(reinterpret_cast<const char*>(lead.samples.data()),
                      static_cast<std::streamsize>(lead.samples.size() * sizeof(double)));
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return ecg_lora::guarded([&] { return print(argc, argv); });
}
