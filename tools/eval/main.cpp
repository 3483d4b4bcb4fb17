// ecg-lora-eval: predictions on a split, and scores with intervals.
#include <iostream>

#include "command.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/command_line.h"
#include "recipe.h"

int main(int argc, char** argv) {
  using namespace ecg_lora;
  CLI::App app(tools::kCommandDescription, tools::kCommandName);
  std::string file;
  std::vector<std::string> sets;
  tools::EvalOptions options;
  bool help_config = false;
  app.add_option("--config", file, "JSON with comments; see --help-config for its fields");
  app.add_option(
      "--set", sets,
      "a field that differs from the config, for example adapter=runs/a/adapter; may be repeated");
  app.add_option("--limit", options.limit,
                 "ask about N records only (of tasks: N questions each); the result is "
                 "marked as a sample")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--accept-changes", options.accept_changes,
               "go on with an unfinished run even if the model, data or config has changed");
  app.add_flag("--force", options.force, "go on if the model will not fit into memory");
  app.add_flag("--predict-only", options.predict_only, "write predictions.jsonl and no scores");
  app.add_option(
      "--score-only", options.score_only,
      "score this predictions.jsonl, another model's probabilities (CSV or JSONL, see "
      "docs/users/evaluation.md), or another model's answers to tasks.files (docs/users/tasks.md); "
      "no model is loaded");
  app.add_option("--compat", options.compat,
                 "pulse: of instruction tasks, also the figures of the scorer published with "
                 "ECGBench, marked as such")
      ->check(CLI::IsMember({"pulse"}));
  app.add_flag("--help-config", help_config, "list the fields of a config");
  app.footer(
      "Example: ecg-lora eval --config configs/quickstart-eval.json --set "
      "adapter=runs/quickstart/train/adapter\n"
      "         ecg-lora eval --config configs/ptbxl-small-eval.json --score-only other_model.csv "
      "--set data.root=PTBXL output=runs/other\n"
      "         ecg-lora eval --config configs/tasks-eval.json --score-only answers.jsonl --set "
      "'tasks.files=[\"ECGBench/ptb-test.json\"]' output=runs/ptb-test\n"
      "Several processes share the records: torchrun --no-python --nproc-per-node 4 ecg-lora-eval "
      "--config C.json");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    if (help_config) return std::cout << config::help<tools::EvalRecipe>(), 0;
    if (file.empty())
      throw_usage("--config is missing; name one, for example configs/quickstart-eval.json");
    return tools::run_eval(config::load<tools::EvalRecipe>(file, sets), options);
  });
}
