// ecg-lora-train: LoRA or full-parameter training from one config.
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
  tools::TrainOptions options;
  bool help_config = false;
  app.add_option("--config", file, "JSON with comments; see --help-config for its fields");
  app.add_option(
      "--set", sets,
      "a field that differs from the config, for example optimizer.lr=2e-4; may be repeated");
  app.add_flag("--resume", options.resume,
               "go on from the newest checkpoint in the output folder, or from the start where it "
               "has none yet");
  app.add_option("--resume-from", options.resume_from,
                 "go on from this checkpoint of the output folder, for example step-40")
      ->excludes("--resume");
  app.add_flag("--accept-changes", options.accept_changes,
               "resume even if the base, tables, instructions or recordings have changed");
  app.add_flag(
      "--dry-run", options.dry_run,
      "load everything, train one step, tell its time and memory, and stop; nothing is written");
  app.add_flag("--force", options.force, "go on if the training will not fit into memory");
  app.add_flag("--benchmark-loader", options.benchmark_loader,
               "measure how fast batches are made, by stage and number of workers, and stop");
  app.add_flag("--help-config", help_config, "list the fields of a config");
  app.footer("Example: ecg-lora train --config configs/quickstart.json --set loop.steps=50");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    if (help_config) return std::cout << config::help<tools::TrainRecipe>(), 0;
    if (file.empty())
      throw_usage("--config is missing; name one, for example configs/quickstart.json");
    options.resume = options.resume || !options.resume_from.empty();
    return tools::run_train(config::load<tools::TrainRecipe>(file, sets), options);
  });
}
