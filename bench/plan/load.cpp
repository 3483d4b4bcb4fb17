// Time and peak memory of loading a checkpoint, quantised or not; see docs/users/quantisation.md.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "ecg_lora/base/memory.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/train/loop/tensor_memory.h"

int main(int argc, char** argv) {
  using namespace ecg_lora;
  CLI::App app("Loads a model and says what that took");
  std::string model, dtype = "bf16", base = "none", cache;
  app.add_option("model", model, "model folder")->required();
  app.add_option("--dtype", dtype)->capture_default_str();
  app.add_option("--base-quantisation", base)->capture_default_str();
  app.add_option("--quantised-cache", cache, "folder of the cache of codes");
  CLI11_PARSE(app, argc, argv);
  return guarded([&] {
    const train::TensorMemory memory(at::kCPU);
    const auto libraries = resident_memory().peak;
    const auto start = std::chrono::steady_clock::now();
    const model::BaseQuantisation quantisation{model::parse_quantisation(base), {}, nullptr, cache};
    const auto loaded = model::load_model(model, at::kCPU, model::parse_dtype(dtype), quantisation);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf(
        "%s in %s, quantisation %s: %.1f s; weights planned %.3f GB, tensors %.3f GB, at most %.3f "
        "GB; process at most %.3f GB, %.3f before\n",
        model.c_str(), dtype.c_str(), base.c_str(), seconds.count(),
        static_cast<double>(
            model::weight_bytes(loaded->config(), quantisation, model::parse_dtype(dtype))
                .total()) /
            1e9,
        static_cast<double>(memory.now()) / 1e9, static_cast<double>(memory.peak()) / 1e9,
        static_cast<double>(resident_memory().peak) / 1e9, static_cast<double>(libraries) / 1e9);
    return 0;
  });
}
