// ecg-lora-plan: what a command will need, before anything is loaded.
#include <iostream>

#include "command.h"
#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/run.h"
#include "plan_other.h"
#include "plan_recipe.h"

namespace {

using namespace ecg_lora;

struct Command {
  std::string file;
  std::vector<std::string> sets;
  tools::PlanOptions training;
  tools::OtherPlan other;
};

/// Options of every command, and of a step of training.
void add_training(CLI::App& app, Command& command) {
  auto& options = command.training;
  app.add_option("--config", command.file, "config of ecg-lora train or eval");
  app.add_option("--set", command.sets, "a field that differs from the config; may be repeated");
  app.add_option("--device-memory", options.device_memory,
                 "of the device, GB (1e9 bytes): says whether the step fits, and what to change")
      ->check(CLI::PositiveNumber);
  app.add_option(
         "--reserve", options.reserve,
         "share of the device's memory that is kept for its context and for gaps between tensors")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 0.9));
  app.add_option("--rows", options.batch.rows,
                 "text rows per batch; with --tokens, no data is read")
      ->check(CLI::PositiveNumber);
  app.add_option("--tokens", options.batch.tokens, "tokens of the longest row")
      ->check(CLI::PositiveNumber);
  app.add_option("--text-tokens", options.batch.text_tokens,
                 "tokens of all rows, padding left out; by default rows times tokens")
      ->check(CLI::PositiveNumber);
  app.add_flag("--masked", options.batch.masked,
               "some token may not look at all tiles: several images a row, or pages that leave "
               "tiles of the model's canvas empty");
  app.add_option("--answers", options.batch.answers,
                 "training: answer tokens of all rows, by default 4 a row; else: tokens of the "
                 "longest answer in words")
      ->check(CLI::PositiveNumber);
  app.add_option("--tflops", options.tflops,
                 "arithmetic that the device really does, TFLOP/s: adds the time of a step")
      ->check(CLI::PositiveNumber);
  app.add_flag("--json", options.json, "print JSON");
}

/// Options of commands that have no config.
void add_others(CLI::App& app, Command& command) {
  auto& other = command.other;
  app.add_option("--for", other.command,
                 "the command to plan for; by default train or eval, as the keys of the config say")
      ->check(CLI::IsMember({"train", "eval", "predict", "merge", "extract"}));
  app.add_option("--model", other.model, "model folder, of predict, merge and extract");
  app.add_option("--adapter", other.adapters, "PEFT adapter folder; several for merge");
  app.add_option("--tuned", other.tuned, "of extract: the fine-tuned model");
  app.add_option("--rank", other.rank, "of extract")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--images", other.images, "images at a time, of eval and predict")
      ->check(CLI::PositiveNumber);
  app.add_option("--dtype", other.dtype, "of predict and merge: auto, fp32, bf16 or fp16")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "fp32", "bf16", "fp16"}));
  app.add_option("--base-quantisation", other.base_quantisation, "of predict: none, nf4 or int8")
      ->capture_default_str()
      ->check(CLI::IsMember({"none", "nf4", "int8"}));
  app.add_option("--device", other.device, "of predict: auto, cpu or cuda")->capture_default_str();
  app.add_flag("--verify", other.verify, "of merge: with --verify");
}

/// A config of train has one of its own sections; any other is one of eval.
std::string command_of(const Json& config) {
  for (const char* key : {"lora", "optimizer", "loop", "save_dtype"})
    if (config.contains(key)) return "train";
  return "eval";
}

int run(Command& command) {
  auto& [file, sets, training, other] = command;
  other.rows = training.batch.rows, other.tokens = training.batch.tokens;
  other.answers = training.batch.answers, other.json = training.json;
  const bool has_config =
      other.command.empty() || other.command == "train" || other.command == "eval";
  if (!has_config) return tools::run_plan(other);
  if (file.empty())
    throw_usage("--config is missing; name a config of train or eval, or a command with --for");
  if (other.command.empty()) other.command = command_of(config::read_config(file, sets));
  if (other.command == "train")
    return tools::run_plan(config::load<tools::TrainRecipe>(file, sets), training);
  return tools::run_plan(config::load<tools::EvalRecipe>(file, sets), other);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(tools::command_description, tools::command_name);
  Command command;
  add_training(app, command);
  add_others(app, command);
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
    return run(command);
  });
}
