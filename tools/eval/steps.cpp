#include "steps.h"

#include <tuple>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/resumable_lines.h"
#include "ecg_lora/inference/loading/load.h"
#include "ecg_lora/provenance/identity.h"
#include "ecg_lora/train/distributed/join_ranks.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

bool has_tasks(const EvalRecipe& recipe) {
  return !recipe.tasks.files.empty();
}

inference::ModelChoice choice_of(const EvalRecipe& recipe) {
  return {recipe.model, recipe.adapter, recipe.vision_states, recipe.compute};
}

ModelHashes hashes_of(const EvalRecipe& recipe) {
  provenance::FileHashes hashes;
  const auto chosen = model::chosen_vision_states(recipe.vision_states);
  auto kept = model::load_model_config(recipe.model, chosen).vision.kept_states();
  auto model = provenance::model_identity(recipe.model, hashes);
  auto adapter =
      recipe.adapter.empty() ? Json() : provenance::model_identity(recipe.adapter, hashes);
  return {std::move(model), std::move(adapter), std::move(kept)};
}

/// An output may hold what a run left that was killed, and nothing that one has finished.
void refuse_existing(const fs::path& output) {
  if (fs::exists(unfinished_of(output / "predictions.jsonl"))) return;
  for (const char* name : {"predictions.jsonl", "scores.json"})
    if (fs::exists(output / name))
      throw_usage("output ", output.string(), " holds ", name,
                  " already, expected a new folder; choose another or remove it");
}

void refuse_long(const EvalRecipe& recipe) {
  if (recipe.batch.too_long != "stop")
    throw_usage("batch.too_long is ", recipe.batch.too_long,
                ", expected stop: a question that is left out or cut has no answer to score; raise "
                "batch.max_tokens instead");
}

}  // namespace

EvalRun join_processes(const EvalRecipe& recipe, const EvalOptions& options) {
  watch_interrupts();
  EvalRun run{recipe, options,
              distributed::join_team(inference::on_cuda(recipe.compute), recipe.compute.threads,
                                     has_tasks(recipe) ? "questions" : "records")};
  run.predictions =
      run.asks() ? fs::path(recipe.output) / "predictions.jsonl" : fs::path(options.score_only);
  return run;
}

void check_recipe(EvalRun& run) {
  run.team.all([&] {
    refuse_long(run.recipe);
    if (run.team.first()) run.lock = std::make_unique<OutputLock>(run.recipe.output);
    if (!run.asks()) return;
    inference::check_files(choice_of(run.recipe));
    if (!has_tasks(run.recipe)) refuse_without_labels(run);
    if (run.team.first()) refuse_existing(run.recipe.output);
  });
}

void check_model(EvalRun& run) {
  run.team.all([&] {
    auto choice = choice_of(run.recipe);
    run.memory_checked =
        inference::require_memory("eval", choice, prompts_of(run.recipe), {}, run.options.force);
    run.recipe.compute = choice.compute;  // its dtype is resolved
    run.hashes = hashes_of(run.recipe);
  });
}

model::Mllama open_model(const EvalRun& run, inference::Formats formats) {
  const auto opened =
      inference::open_model(choice_of(run.recipe), *run.memory_checked, std::move(formats));
  if (const auto& adapter = opened.adapter; adapter && !has_tasks(run.recipe))
    log_info(cat("adapter ", run.recipe.adapter, ": ", adapter->modules.size(), " modules, ",
                 adapter->trainable, " parameters"));
  return opened.model;
}

std::string answers_of(const EvalRun& run) {
  const auto& [model, adapter] = std::tie(run.recipe.model, run.recipe.adapter);
  if (!run.asks()) return run.options.score_only;
  return adapter.empty() ? model : model + " with " + adapter;
}

Json details_of(const EvalRun& run) {
  const auto& recipe = run.recipe;
  Json details{{"config", config::dump(recipe)}};
  if (!run.asks()) {
    for (const char* key : {"model", "adapter", model::kVisionStates}) details["config"].erase(key);
    details["answers_of"] = run.options.score_only;
    return details;
  }
  details["model_sha256"] = run.hashes.model;
  details.update(to_json(run.hashes.kept));
  if (!recipe.adapter.empty()) details["adapter_sha256"] = run.hashes.adapter;
  return details;
}

}  // namespace ecg_lora::tools
