// ecg-lora-compare: runs of ecg-lora eval side by side, with paired differences.
#include "command.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/command_line.h"
#include "recipe.h"

int main(int argc, char** argv) {
  using namespace ecg_lora;
  CLI::App app(tools::kCommandDescription, tools::kCommandName);
  tools::CompareRecipe recipe;
  app.add_option("runs", recipe.runs,
                 "folders that ecg-lora eval wrote; the first is what the others are compared with")
      ->required();
  app.add_option("--out", recipe.out, "folder for compare.json and compare.html");
  app.add_option("--resamples", recipe.intervals.resamples,
                 "groups of patients that are left out in turn, at most; less than 2: no intervals")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000000));
  app.add_option("--seed", recipe.intervals.seed,
                 "deals patients to groups where there are more of them")
      ->capture_default_str();
  app.add_option(
         "--threshold", recipe.rule.rule,
         "f1, youden, sensitivity or fixed, as score.threshold of ecg-lora eval; tasks have none")
      ->capture_default_str()
      ->check(CLI::IsMember({"f1", "youden", "sensitivity", "fixed"}));
  app.add_option("--sensitivity", recipe.rule.sensitivity,
                 "what --threshold sensitivity must reach")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  app.footer(
      "Example: ecg-lora compare runs/quickstart/before runs/quickstart/after --out "
      "runs/quickstart/compare");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return tools::run_compare(recipe);
  });
}
