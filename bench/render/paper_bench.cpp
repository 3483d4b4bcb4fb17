// Times of apply_paper() on a 1120 x 864 page, one thread: each preset, each effect alone at
// strength 1.
#include <benchmark/benchmark.h>

#include <opencv2/core.hpp>

#include "ecg_lora/page/paper/paper.h"
#include "ecg_lora/synthetic/heart/signal.h"

namespace {

using namespace ecg_lora;

void run(benchmark::State& state, const page::PaperConfig& config) {
  Random random{1};
  const auto page =
      page::draw_page(synthetic::synthesise(synthetic::Morphology{}, 10, 100, random), {});
  std::uint64_t key = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto copy = page;
    state.ResumeTiming();
    benchmark::DoNotOptimize(page::apply_paper(copy, config, 1, key++));
  }
}

void add(const std::string& name, const page::PaperConfig& config) {
  benchmark::RegisterBenchmark(name.c_str(), [config](benchmark::State& state) {
    run(state, config);
  })->Unit(benchmark::kMillisecond);
}

}  // namespace

int main(int argc, char** argv) {
  cv::setNumThreads(1);
  for (const char* preset : {"clean", "scan", "phone_photo", "old_archive"}) {
    page::PaperConfig config;
    config.preset = preset;
    add(preset, config);
  }
  for (std::size_t i = 0; i < page::kPaperEffects; ++i) {
    page::PaperConfig config;
    config.strengths[i] = 1;
    add(page::effect_name(static_cast<page::PaperEffect>(i)), config);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
