// Reads the records named on the command line ROUNDS times and prints, for each, the least
// processor time of a read in microseconds: bench_wfdb ROUNDS RECORD...
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <limits>

#include "ecg_lora/base/run.h"
#include "ecg_lora/ecg/wfdb/record.h"

namespace {

double microseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e6 * static_cast<double>(now.tv_sec) + 1e-3 * static_cast<double>(now.tv_nsec);
}

int time_reads(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 0;
  for (int i = 2; i < argc; ++i) {
    double best = std::numeric_limits<double>::infinity();
    for (int round = 0; round < rounds; ++round) {
      const double start = microseconds();
      ecg_lora::wfdb::read_record(argv[i]);
      best = std::min(best, microseconds() - start);
    }
    std::cout << best << '\n';
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return ecg_lora::guarded([&] { return time_reads(argc, argv); });
}
