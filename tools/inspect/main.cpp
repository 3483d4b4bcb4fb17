// ecg-lora-inspect: what a path is and holds, and whether an adapter fits a base.
#include "command.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/command_line.h"
#include "ecg_lora/model/shape/vision_states_option.h"
#include "recipe.h"

int main(int argc, char** argv) {
  using namespace ecg_lora;
  CLI::App app(tools::kCommandDescription, tools::kCommandName);
  tools::InspectRecipe recipe;
  auto& instructions = recipe.checks.instructions;
  app.add_option("path", recipe.path,
                 "checkpoint, adapter, run or data folder, config of train or eval, WFDB record "
                 "(with or without .hea), or "
                 "file of instruction samples")
      ->required();
  model::add_vision_states(app, recipe.vision_states);
  app.add_option("--fits", recipe.checks.base,
                 "checkpoint folder: does the adapter at PATH fit it?");
  app.add_option("--images", instructions.images,
                 "folders of pictures: are the images of the instruction samples there?");
  app.add_option("--recordings", instructions.recordings,
                 "folders of recordings: do the images' names stand for some? Of a data folder: "
                 "where its table may have waveforms");
  app.add_option("--sampling-rate", instructions.sampling_rate,
                 "of the two that PTB-XL's layout has, Hz")
      ->capture_default_str()
      ->check(CLI::IsMember({100, 500}));
  app.add_option("--model", instructions.model,
                 "model folder: how many tokens do the instruction samples have?");
  app.add_flag("--tensors", recipe.tensors,
               "of a checkpoint: each tensor with norm and SHA-256, and of each file (reads all "
               "bytes); of a config alone: the tensors that belong to it");
  app.add_flag("--json", recipe.json, "print the description as JSON");
  app.footer(
      "Exit codes: 0 whole (and fits), 2 none of these or a wrong config, 3 incomplete data, 4 "
      "incomplete checkpoint, or adapter that does not fit\n\n"
      "Example: ecg-lora inspect runs/quickstart/train/adapter --fits runs/quickstart/model");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return tools::run_inspect(recipe);
  });
}
