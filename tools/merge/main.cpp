// ecg-lora-merge: base plus adapters to a plain checkpoint.
#include "command.h"
#include "ecg_lora/base/byte_count.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/command_line.h"
#include "ecg_lora/model/shape/vision_states_option.h"
#include "recipe.h"

namespace {

using ecg_lora::tools::MergeRecipe;

/// What is merged into the base, and how.
void add_update(CLI::App& app, MergeRecipe& recipe) {
  auto& options = recipe.options;
  app.add_option("--base", recipe.base, "folder of the base model")->required();
  app.add_option("--adapter", recipe.adapters, "PEFT adapter folder; several may be named")
      ->required();
  app.add_option("--weight", recipe.weights,
                 "weight of each adapter's update, in their order; left out, 1");
  app.add_option("--method", options.method, "of several adapters: linear, ties or dare")
      ->capture_default_str();
  app.add_option("--density", options.density, "share of each update that ties and dare keep")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of dare")->capture_default_str();
}

/// The form of the merged checkpoint.
void add_form(CLI::App& app, MergeRecipe& recipe, std::string& shard_size) {
  app.add_option("--out", recipe.out, "folder to write; must not exist")->required();
  app.add_option("--dtype", recipe.options.dtype,
                 "fp32, bf16 or fp16; auto: each tensor keeps its own")
      ->default_str("auto");
  app.add_option("--shard-size", shard_size,
                 "largest size of a file, for example 5GB; left out, the files of the base");
  ecg_lora::model::add_vision_states(app, recipe.vision_states);
  app.add_option("--for", recipe.target,
                 "whose form config.json names the vision states in: transformers (4.56 or newer), "
                 "or meta (Meta's code, and transformers up to 4.54)")
      ->capture_default_str()
      ->check(CLI::IsMember({"transformers", "meta"}));
}

/// What is checked, and what is written about the merge.
void add_checks(CLI::App& app, MergeRecipe& recipe) {
  app.add_flag("--verify", recipe.verify,
               "read the result again: every tensor bit for bit, then logits on fixed inputs");
  app.add_option("--report", recipe.report,
                 "JSON to write: each changed tensor with the norm of its change");
  app.add_flag("--force", recipe.force, "go on if the merge will not fit into memory");
  app.add_option("--scores", recipe.scores, "scores.json of an evaluation, for the model card");
  app.add_option("--threads", recipe.threads, "CPU threads; 0 for all cores")
      ->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ecg_lora;
  CLI::App app(tools::kCommandDescription, tools::kCommandName);
  MergeRecipe recipe;
  std::string shard_size;
  add_update(app, recipe);
  add_form(app, recipe, shard_size);
  add_checks(app, recipe);
  app.footer(
      "Example: ecg-lora merge --base Llama-3.2-11B-Vision-Instruct --adapter runs/a/adapter --out "
      "merged --verify");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    watch_interrupts();
    if (recipe.options.dtype == "auto") recipe.options.dtype.clear();
    recipe.options.shard_bytes = parse_bytes("--shard-size", shard_size);
    return tools::run_merge(recipe);
  });
}
