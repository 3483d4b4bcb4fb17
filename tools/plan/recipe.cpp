#include "plan/recipe.h"

#include <iostream>

#include "ecg_lora/base/json_text.h"
#include "ecg_lora/inference/loading/load.h"
#include "ecg_lora/model/check/check_checkpoint.h"
#include "ecg_lora/plan/inference/merge_memory.h"
#include "ecg_lora/plan/inference/print.h"
#include "eval/recipe.h"

namespace ecg_lora::tools {
namespace {

/// The command line over what is usual.
void take_over(plan::Prompts& prompts, const PlanRecipe& recipe) {
  if (recipe.images > 0) prompts.images = recipe.images;
  if (recipe.batch.rows > 0) prompts.rows = recipe.batch.rows;
  if (recipe.batch.tokens > 0) prompts.tokens = recipe.batch.tokens;
  if (recipe.max_new_tokens > 0) prompts.max_new_tokens = recipe.max_new_tokens;
}

int plan_answers(inference::ModelChoice choice, plan::Prompts prompts, const PlanRecipe& recipe) {
  if (recipe.batch.answers > 0)
    throw_usage("--answers is of training, expected --max-new-tokens for ", recipe.command,
                "; name that");
  take_over(prompts, recipe);
  model::check_checkpoint(choice.base);
  inference::resolve_dtype(choice.compute, choice.base);
  const auto input = inference::inference_input(choice, prompts);
  const auto plan = plan::plan_inference(input);
  const auto load = inference::base_load(choice, input.cuda);
  const auto required = plan::required_memory(load, plan.total(), plan.batch);
  const auto available = plan::available_memory(load.cuda);
  if (recipe.json) {
    auto result = plan::to_json(plan);
    result.update(plan::process_json(required, available));
    std::cout << json_document(result);
    return 0;
  }
  plan::print_base(std::cout, choice.base, choice.compute.dtype, choice.compute.base_quantisation);
  plan::print_answering(std::cout, prompts, plan);
  plan::print_process(std::cout, required, available);
  return 0;
}

int print_streamed(const plan::RequiredMemory& required, bool json) {
  const auto available = plan::available_memory(/*cuda=*/false);
  if (json)
    std::cout << json_document(plan::process_json(required, available));
  else
    plan::print_process(std::cout, required, available);
  return 0;
}

/// The larger of what merging and --verify need.
plan::RequiredMemory whole_merge_memory(const PlanRecipe& recipe) {
  lora::MergeOptions options;
  options.dtype = recipe.dtype == "auto" ? "" : recipe.dtype;
  for (const auto& adapter : recipe.adapters) options.adapters.push_back({adapter, 1});
  if (recipe.adapters.empty())
    throw_usage("--for merge needs an adapter, got none; name it with --adapter");
  const auto required = plan::merge_memory(recipe.model, options);
  if (!recipe.verify || !lora::merges_one(options)) return required;
  const auto verify = plan::verify_memory(recipe.model, options);
  return verify.host_peak() > required.host_peak() ? verify : required;
}

/// Of a command that has no config.
int plan_arguments(const PlanRecipe& recipe) {
  if (recipe.model.empty())
    throw_usage("--for ", recipe.command, " needs a model, got none; name it with --model");
  if (recipe.command != "predict") model::check_checkpoint(recipe.model);
  if (recipe.command == "merge") return print_streamed(whole_merge_memory(recipe), recipe.json);
  if (recipe.command == "extract")
    return print_streamed(plan::extract_memory(recipe.model, recipe.tuned, recipe.rank),
                          recipe.json);
  inference::ModelChoice choice{recipe.model, ""};
  if (!recipe.adapters.empty()) choice.adapter = recipe.adapters.front();
  choice.compute.dtype = recipe.dtype;
  choice.compute.device = recipe.device;
  choice.compute.base_quantisation = recipe.base_quantisation;
  return plan_answers(std::move(choice), {1, 1, 64, 128}, recipe);
}

}  // namespace

int run_plan(PlanRecipe recipe) {
  auto& command = recipe.command;
  if (!command.empty() && command != "train" && command != "eval") return plan_arguments(recipe);
  if (recipe.config.empty())
    throw_usage("--config is missing; name a config of train or eval, or a command with --for");
  if (command.empty())
    command = is_eval_config(config::read_config(recipe.config, recipe.sets)) ? "eval" : "train";
  if (command == "train")
    return print_training_plan(config::load<TrainRecipe>(recipe.config, recipe.sets), recipe);
  const auto eval = config::load<EvalRecipe>(recipe.config, recipe.sets);
  return plan_answers({eval.model, eval.adapter, "auto", eval.compute}, prompts_of(eval), recipe);
}

}  // namespace ecg_lora::tools
