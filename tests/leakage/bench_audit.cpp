// Recall and false positives of the trace audit on the records of a PTB-XL folder:
//   bench_audit ROOT [LEAST_CORRELATION]
#include <chrono>
#include <cstdio>
#include <iostream>

#include "ecg/leakage/search.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/ecg/ptbxl/database.h"
#include "leakage/copies.h"

namespace {

using namespace ecg_lora;
using testing::at_rate;
using testing::cut;
using testing::noisy;
using testing::wave;

struct Original {
  int id = 0;
  wfdb::Record low, high;  ///< high is empty where the folder has no such file
};

using Change = std::function<wfdb::Record(const Original&)>;

leakage::SearchOptions options;

std::vector<Original> read(const std::string& root) {
  const auto database = ptbxl::load_database(root);
  std::vector<Original> originals;
  for (const auto& record : database.records) {
    Original original{record.ecg_id, wfdb::read_record(database.waveform(record, 100)), {}};
    const auto high = database.waveform(record, 500);
    if (std::filesystem::exists(high.string() + ".hea")) original.high = wfdb::read_record(high);
    originals.push_back(std::move(original));
  }
  return originals;
}

void run_case(const char* name, const std::vector<Original>& originals, const Change& change) {
  std::vector<std::shared_ptr<const leakage::ComparedTrace>> traces;
  leakage::SearchInput input;
  const auto add = [&](const wfdb::Record& record) {
    traces.push_back(std::make_shared<const leakage::ComparedTrace>(leakage::make_trace(record)));
    input.moments.push_back(leakage::moments_of(*traces.back()));
  };
  for (const Original& original : originals) add(original.low);
  const std::size_t count = originals.size();
  std::vector<std::size_t> source;  // of each copy
  for (std::size_t i = 0; i < count; ++i) {
    const wfdb::Record copy = change(originals[i]);
    if (copy.leads.empty()) continue;
    add(copy);
    source.push_back(i);
  }
  input.wanted = [&](std::uint32_t a, std::uint32_t b) { return (a < count) != (b < count); };
  input.trace = [&](std::uint32_t i) { return traces[i]; };
  const auto start = std::chrono::steady_clock::now();
  const auto result = leakage::find_copies(input, options);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::size_t found = 0, wrong = 0;
  double lowest = 1;
  for (const auto& pair : result.pairs) {
    const bool right = source[pair.b - count] == pair.a;
    ++(right ? found : wrong);
    if (right) lowest = std::min(lowest, pair.match.correlation);
    if (!right)
      std::printf("    false: %d and copy of %d, %.4f\n", originals[pair.a].id,
                  originals[source[pair.b - count]].id, pair.match.correlation);
  }
  std::printf(
      "%-52s %4zu of %4zu found, %zu false, lowest correlation %.4f, %zu candidates, %.2f s\n",
      name, found, source.size(), wrong, lowest, result.candidates, seconds);
}

int run(int argc, char** argv) {
  if (argc < 2 || argc > 3) throw_usage("expected bench_audit ROOT [LEAST_CORRELATION]");
  if (argc == 3) options.correlation = std::stod(argv[2]);
  const auto all = read(argv[1]);
  const auto seed = [](const Original& o) { return static_cast<std::uint64_t>(o.id); };
  run_case("the same file", all, [](const Original& o) { return o.low; });
  run_case("500 Hz instead of 100 Hz", all, [](const Original& o) { return o.high; });
  run_case("resampled to 257 Hz, linear", all,
           [](const Original& o) { return at_rate(o.low, 257); });
  run_case("gain 0.5", all, [](const Original& o) {
    return testing::changed(o.low, [](double v, double) { return 0.5 * v; });
  });
  run_case("first 6 s", all, [](const Original& o) { return cut(o.low, 0, 6); });
  run_case("from 2.37 s to 8.5 s", all, [](const Original& o) { return cut(o.low, 2.37, 8.5); });
  run_case("last 5 s", all, [](const Original& o) { return cut(o.low, 5, 10); });
  run_case("drift 0.3 mV at 0.2 Hz", all, [](const Original& o) { return wave(o.low, 0.3, 0.2); });
  run_case("mains 0.2 mV at 50 Hz, 500 Hz", all,
           [](const Original& o) { return o.high.leads.empty() ? o.high : wave(o.high, 0.2, 50); });
  run_case("white noise 0.02 mV, 100 Hz", all,
           [&](const Original& o) { return noisy(o.low, 0.02, seed(o)); });
  run_case("white noise 0.05 mV, 100 Hz", all,
           [&](const Original& o) { return noisy(o.low, 0.05, seed(o)); });
  run_case("white noise 0.05 mV, 500 Hz", all, [&](const Original& o) {
    return o.high.leads.empty() ? o.high : noisy(o.high, 0.05, seed(o));
  });
  run_case("500 Hz, from 1.11 s, gain 1.3, noise 0.02 mV, drift", all, [&](const Original& o) {
    if (o.high.leads.empty()) return o.high;
    return wave(
        noisy(testing::changed(cut(o.high, 1.11, 10), [](double v, double) { return 1.3 * v; }),
              0.02, seed(o)),
        0.2, 0.2);
  });
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return ecg_lora::guarded([&] { return run(argc, argv); });
}
