// Prints records for check_values.py and bench/wfdb: for each argument a line of JSON and, after
// it, the leads as raw doubles, one lead after the other. --expanded: every sample of a frame;
// --units: in the header's own units.
#include <iostream>
#include <nlohmann/json.hpp>

#include "ecg_lora/base/output.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/ecg/wfdb/record.h"

namespace {

using namespace ecg_lora::wfdb;

nlohmann::json describe(const Record& record) {
  nlohmann::json line = {
      {"name", record.name}, {"rate", record.sampling_rate}, {"comments", record.comments}};
  for (const Lead& lead : record.leads) {
    line["leads"].push_back({{"name", lead.name},
                             {"unit", lead.unit},
                             {"samples", lead.samples.size()},
                             {"samples_per_frame", lead.samples_per_frame}});
  }
  const Clock& clock = record.clock;
  if (clock.counter_frequency) line["counter_frequency"] = *clock.counter_frequency;
  if (clock.base_counter) line["base_counter"] = *clock.base_counter;
  if (clock.time) line["time"] = clock.time->count();
  if (clock.date) {
    line["date"] = {static_cast<int>(clock.date->year()),
                    static_cast<unsigned>(clock.date->month()),
                    static_cast<unsigned>(clock.date->day())};
  }
  return line;
}

void print(const Record& record) {
  std::cout << describe(record).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
            << '\n';
  for (const Lead& lead : record.leads) {
    std::cout.write(reinterpret_cast<const char*>(lead.samples.data()),
                    static_cast<std::streamsize>(lead.samples.size() * sizeof(double)));
  }
}

int print_all(int argc, char** argv) {
  ReadOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--expanded") {
      options.smooth_frames = false;
    } else if (argument == "--units") {
      options.millivolts = false;
    } else {
      print(read_record(argument, options));
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return ecg_lora::guarded([&] {
    ecg_lora::write_output_unchanged();
    return print_all(argc, argv);
  });
}
