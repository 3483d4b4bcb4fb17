// ecg-lora-parity: holds the model against the reference implementation on inputs in transformers'
// names and shapes.

#include "command.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/command_line.h"
#include "ecg_lora/model/shape/vision_states_option.h"
#include "parity/recipe.h"

namespace {

using ecg_lora::tools::ParityRecipe;

void add_pass(CLI::App& app, ParityRecipe& recipe) {
  auto& compute = recipe.model.compute;
  app.add_option("--model", recipe.model.base, "model folder")->required();
  app.add_option("--adapter", recipe.model.adapter, "PEFT adapter folder");
  app.add_option("--inputs", recipe.inputs,
                 "safetensors with input_ids, attention_mask, pixel_values, …")
      ->required();
  app.add_option("--out", recipe.out,
                 "safetensors to write: logits, loss, grad.<adapter tensor>, losses")
      ->required();
  app.add_option("--device", compute.device, "auto, cpu or cuda")->capture_default_str();
  app.add_option("--dtype", compute.dtype,
                 "of the weights: auto (as the checkpoint stores them), fp32, bf16 or fp16")
      ->capture_default_str();
  app.add_flag("--force", recipe.force, "go on if the model will not fit into memory");
  ecg_lora::model::add_vision_states(app, recipe.model.vision_states);
}

/// AdamW steps after the pass.
void add_steps(CLI::App& app, ParityRecipe& recipe) {
  auto& optimizer = recipe.optimizer;
  optimizer.lr = 1e-3, optimizer.weight_decay = 0.01, optimizer.lora_plus_ratio = 1;
  optimizer.clip = 0;
  app.add_option("--steps", recipe.steps, "AdamW steps on the inputs; their losses are written")
      ->capture_default_str();
  app.add_option("--lr", optimizer.lr, "learning rate of the steps")->capture_default_str();
  app.add_option("--weight-decay", optimizer.weight_decay, "weight decay of the steps")
      ->capture_default_str();
  app.add_option("--lora-plus-ratio", optimizer.lora_plus_ratio,
                 "learning rate of lora_B over that of lora_A")
      ->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ecg_lora;
  CLI::App app(tools::kCommandDescription, tools::kCommandName);
  ParityRecipe recipe;
  add_pass(app, recipe);
  add_steps(app, recipe);
  app.footer(
      "Example: ecg-lora-parity --model tiny --adapter tiny-lora --inputs in.safetensors --out "
      "out.safetensors");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return tools::run_parity(recipe);
  });
}
