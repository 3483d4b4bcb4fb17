// Planned and measured memory of training steps of a shape, as a table; see
// docs/measurements/plan.md.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "ecg_lora/base/run.h"
#include "ecg_lora/model/shape/config.h"
#include "plan/measured_step.h"

namespace {

using namespace ecg_lora;

struct Options {
  std::string model, dtype = "fp32", base = "none", trainable = "lora";
  std::int64_t rows = 8, tokens = 96, images = 4, answers = 16, rank = 64;
  bool checkpointing = false, vision = true, layers = false;
};

double mb(std::int64_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

int run(const Options& options) {
  plan::TrainingInput input;
  input.model = model::load_model_config(options.model);
  input.dtype = model::parse_dtype(options.dtype);
  input.base.kind = model::parse_quantisation(options.base);
  input.lora.rank = options.rank;
  if (!options.vision) input.lora.vision.clear();
  input.loop.activation_checkpointing = options.checkpointing ? "all" : "none";
  input.loop.trainable = options.trainable;
  input.batch = {options.rows, options.tokens, options.images, options.answers};
  const auto plan = plan::plan_training(input);
  const auto measured = plan::testing::measure(input);
  std::int64_t kept = 0;
  for (const auto& layer : plan.layers)
    kept += layer.count * (options.checkpointing ? layer.input : layer.kept);
  std::printf(
      "%s %s %s%s%s, %ld rows of %ld, %ld images: planned %.1f MB (weights %.1f adapters %.1f "
      "gradients %.1f optimizer %.1f batch %.1f activations %.1f workspace %.1f, %s), measured "
      "%.1f MB, ratio %.3f\n",
      options.model.c_str(), options.dtype.c_str(), options.base.c_str(),
      options.checkpointing ? ", checkpointing" : "", options.vision ? "" : ", text only",
      options.rows, options.tokens, options.images, mb(plan.total()), mb(plan.weights.total()),
      mb(plan.adapters), mb(plan.gradients), mb(plan.optimizer), mb(plan.batch),
      mb(plan.activations), mb(plan.workspace), plan.peak_at.c_str(), mb(measured.peak),
      static_cast<double>(plan.total()) / static_cast<double>(measured.peak));
  if (options.layers) {
    for (const auto& layer : plan.layers)
      std::printf("  %s x %ld: kept %.2f MB, input %.2f, workspace %.2f\n", layer.name.c_str(),
                  layer.count, mb(layer.kept), mb(layer.input), mb(layer.workspace));
    std::printf(
        "  weights and adapters: planned %.2f, measured %.2f; kept after forward: layers %.2f, "
        "measured %.2f\n",
        mb(plan.weights.total() + plan.adapters), mb(measured.before), mb(kept), mb(measured.kept));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Planned and measured memory of a training step");
  Options options;
  app.add_option("model", options.model, "model folder; only its config.json is read")->required();
  app.add_option("--dtype", options.dtype)->capture_default_str();
  app.add_option("--base-quantisation", options.base)->capture_default_str();
  app.add_option("--trainable", options.trainable)->capture_default_str();
  app.add_option("--rows", options.rows)->capture_default_str();
  app.add_option("--tokens", options.tokens)->capture_default_str();
  app.add_option("--images", options.images)->capture_default_str();
  app.add_option("--answers", options.answers)->capture_default_str();
  app.add_option("--rank", options.rank)->capture_default_str();
  app.add_flag("--checkpointing", options.checkpointing);
  app.add_flag("!--text-only", options.vision);
  app.add_flag("--layers", options.layers, "also what each kind of layer keeps");
  CLI11_PARSE(app, argc, argv);
  return guarded([&] { return run(options); });
}
