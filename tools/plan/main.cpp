// ecg-lora-plan: what a command will need, before anything is loaded.
#include "command.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/command_line.h"
#include "plan/recipe.h"

namespace {

using ecg_lora::tools::PlanRecipe;

/// Options of every command, and of a step of training.
void add_training(CLI::App& app, PlanRecipe& recipe) {
  app.add_option("--config", recipe.config, "config of ecg-lora train or eval");
  app.add_option("--set", recipe.sets, "a field that differs from the config; may be repeated");
  app.add_option("--device-memory", recipe.device_memory,
                 "of the device, GB (1e9 bytes): says whether the step fits, and what to change")
      ->check(CLI::PositiveNumber);
  app.add_option(
         "--reserve", recipe.reserve,
         "share of the device's memory that is kept for its context and for gaps between tensors")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 0.9));
  app.add_option("--rows", recipe.batch.rows, "text rows per batch; with --tokens, no data is read")
      ->check(CLI::PositiveNumber);
  app.add_option("--tokens", recipe.batch.tokens, "tokens of the longest row")
      ->check(CLI::PositiveNumber);
  app.add_option("--text-tokens", recipe.batch.text_tokens,
                 "tokens of all rows, padding left out; by default rows times tokens")
      ->check(CLI::PositiveNumber);
  app.add_flag("--masked", recipe.batch.masked,
               "some token may not look at all tiles: several images per row, or pages that leave "
               "tiles of the model's canvas empty");
  app.add_option("--answers", recipe.batch.answers,
                 "of training: answer tokens of all rows, by default 4 per row")
      ->check(CLI::PositiveNumber);
  app.add_option("--tflops", recipe.tflops,
                 "arithmetic that the device really does, TFLOP/s: adds the time of a step")
      ->check(CLI::PositiveNumber);
  app.add_flag("--json", recipe.json, "print JSON");
}

/// Options of commands that have no config.
void add_others(CLI::App& app, PlanRecipe& recipe) {
  app.add_option("--for", recipe.command,
                 "the command to plan for; by default train or eval, as the keys of the config say")
      ->check(CLI::IsMember({"train", "eval", "predict", "merge", "extract"}));
  app.add_option("--model", recipe.model, "model folder, of predict, merge and extract");
  app.add_option("--adapter", recipe.adapters, "PEFT adapter folder; several for merge");
  app.add_option("--tuned", recipe.tuned, "of extract: the fine-tuned model");
  app.add_option("--rank", recipe.rank, "of extract")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--images", recipe.images, "images at a time, of eval and predict")
      ->check(CLI::PositiveNumber);
  app.add_option("--max-new-tokens", recipe.max_new_tokens,
                 "longest answer in words, tokens, of eval and predict")
      ->check(CLI::PositiveNumber);
  app.add_option("--dtype", recipe.dtype, "of predict and merge: auto, fp32, bf16 or fp16")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "fp32", "bf16", "fp16"}));
  app.add_option("--base-quantisation", recipe.base_quantisation, "of predict: none, nf4 or int8")
      ->capture_default_str()
      ->check(CLI::IsMember({"none", "nf4", "int8"}));
  app.add_option("--device", recipe.device, "of predict: auto, cpu or cuda")->capture_default_str();
  app.add_flag("--verify", recipe.verify, "of merge: with --verify");
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ecg_lora;
  CLI::App app(tools::kCommandDescription, tools::kCommandName);
  PlanRecipe recipe;
  add_training(app, recipe);
  add_others(app, recipe);
  app.footer(
      "Examples: ecg-lora plan --config configs/llama-11b.json --rows 32 --tokens 128 "
      "--device-memory 80\n"
      "          ecg-lora plan --config configs/llama-11b-eval.json\n"
      "          ecg-lora plan --for predict --model Llama-3.2-11B-Vision-Instruct "
      "--base-quantisation nf4\n"
      "          ecg-lora plan --for merge --model Llama-3.2-11B-Vision-Instruct --adapter "
      "runs/a/adapter --verify");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return tools::run_plan(std::move(recipe));
  });
}
