// Rows of base/csv against libcsv's, and base/glob against fnmatch().
#include <benchmark/benchmark.h>
#include <fnmatch.h>

#ifdef OWN_CODE_LIBCSV
#include <csv.h>
#endif

#include <string>

#include "ecg_lora/base/csv.h"
#include "ecg_lora/base/glob.h"

namespace {

/// Like ptbxl_database.csv: 21,799 rows with a quoted dictionary.
const std::string& table() {
  static const std::string kText = [] {
    std::string rows = "ecg_id,patient_id,age,sex,report,scp_codes,strat_fold\n";
    for (int i = 1; i <= 21799; ++i)
      rows += std::to_string(i) + ",15709.0,56.0,1,sinusrhythmus periphere niederspannung,\"" +
              "{'NORM': 100.0, 'LVOLT': 0.0, 'SR': 0.0}\",3\n";
    return rows;
  }();
  return kText;
}

void csv_own(benchmark::State& state) {
  for (auto _ : state) {
    ecg_lora::CsvReader reader(table(), "table");
    std::size_t bytes = 0;
    while (reader.next())
      for (std::size_t i = 0; i < reader.columns().size(); ++i) bytes += reader.at(i).size();
    benchmark::DoNotOptimize(bytes);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(table().size()));
}
BENCHMARK(csv_own)->Unit(benchmark::kMillisecond);

#ifdef OWN_CODE_LIBCSV
void csv_libcsv(benchmark::State& state) {
  for (auto _ : state) {
    csv_parser parser;
    csv_init(&parser, CSV_STRICT);
    std::size_t bytes = 0;
    const auto cell = [](void*, std::size_t size, void* sum) {
      *static_cast<std::size_t*>(sum) += size;
    };
    csv_parse(&parser, table().data(), table().size(), cell, [](int, void*) {}, &bytes);
    csv_fini(&parser, cell, nullptr, &bytes);
    csv_free(&parser);
    benchmark::DoNotOptimize(bytes);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(table().size()));
}
BENCHMARK(csv_libcsv)->Unit(benchmark::kMillisecond);
#endif

constexpr const char* pattern = "language_model.model.layers.*.self_attn.*_proj";
constexpr const char* kName = "language_model.model.layers.38.self_attn.q_proj";

void glob_own(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(ecg_lora::glob_match(pattern, kName));
}
BENCHMARK(glob_own);

void glob_fnmatch(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(::fnmatch(pattern, kName, 0));
}
BENCHMARK(glob_fnmatch);

}  // namespace
