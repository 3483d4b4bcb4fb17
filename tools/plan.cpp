// ecg-lora-plan: what a training run will need, before anything is loaded.
#include <iostream>

#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/run.h"
#include "plan_recipe.h"

int main(int argc, char** argv) {
  using namespace ecg_lora;
  CLI::App app("Says how much memory a training step will take, from the shapes in config.json and the config alone; no weight is read", "ecg-lora plan");
  std::string file;
  std::vector<std::string> sets;
  tools::PlanOptions options;
  app.add_option("--config", file, "config of ecg-lora train")->required();
  app.add_option("--set", sets, "a field that differs from the config; may be repeated");
  app.add_option("--device-memory", options.device_memory, "of the device, GB (1e9 bytes): says whether the step fits, and what to change")->check(CLI::PositiveNumber);
  app.add_option("--reserve", options.reserve, "share of the device's memory that is kept for its context and for gaps between tensors")->capture_default_str()->check(CLI::Range(0.0, 0.9));
  app.add_option("--rows", options.batch.rows, "text rows a batch; with --tokens, no data is read")->check(CLI::PositiveNumber);
  app.add_option("--tokens", options.batch.tokens, "tokens of the longest row")->check(CLI::PositiveNumber);
  app.add_option("--text-tokens", options.batch.text_tokens, "tokens of all rows, padding left out; by default rows times tokens")->check(CLI::PositiveNumber);
  app.add_flag("--masked", options.batch.masked, "some token may not look at all tiles: several images a row, or pages that leave tiles of the model's canvas empty");
  app.add_option("--answers", options.batch.answers, "answer tokens of all rows; by default 4 a row")->check(CLI::PositiveNumber);
  app.add_option("--tflops", options.tflops, "arithmetic that the device really does, TFLOP/s: adds the time of a step")->check(CLI::PositiveNumber);
  app.add_flag("--json", options.json, "print JSON");
  app.footer("Example: ecg-lora plan --config configs/llama-11b.json --rows 32 --tokens 128 --device-memory 80");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return tools::run_plan(config::load<tools::TrainRecipe>(file, sets), options);
  });
}
