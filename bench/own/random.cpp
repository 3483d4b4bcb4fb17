// Numbers of base/random against those of <random>, and quantiles of score/.
#include <benchmark/benchmark.h>

#include <random>

#include "ecg_lora/base/random.h"
#include "ecg_lora/metrics/statistics/normal.h"
#include "ecg_lora/metrics/statistics/student.h"

namespace {

void normal_own(benchmark::State& state) {
  ecg_lora::Random random{1};
  for (auto _ : state) benchmark::DoNotOptimize(random.normal());
}
BENCHMARK(normal_own);

void normal_standard(benchmark::State& state) {
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal;
  for (auto _ : state) benchmark::DoNotOptimize(normal(engine));
}
BENCHMARK(normal_standard);

/// A stream per sample, from which a page takes some hundred numbers.
void stream_own(benchmark::State& state) {
  std::uint64_t sample = 0;
  for (auto _ : state) {
    ecg_lora::Random random{1, sample++};
    for (int i = 0; i < 100; ++i) benchmark::DoNotOptimize(random.uniform());
  }
}
BENCHMARK(stream_own);

void stream_standard(benchmark::State& state) {
  std::uint32_t sample = 0;
  for (auto _ : state) {
    std::seed_seq keys{std::uint32_t{1}, sample++};
    std::mt19937_64 engine(keys);
    std::uniform_real_distribution<double> uniform;
    for (int i = 0; i < 100; ++i) benchmark::DoNotOptimize(uniform(engine));
  }
}
BENCHMARK(stream_standard);

void student_quantile_own(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(ecg_lora::metrics::student_quantile(0.025, 11));
}
BENCHMARK(student_quantile_own);

void normal_quantile_own(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(ecg_lora::metrics::normal_quantile(0.975));
}
BENCHMARK(normal_quantile_own);

}  // namespace
