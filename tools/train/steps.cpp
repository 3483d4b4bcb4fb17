#include "steps.h"

#include <iostream>

#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/data/loader/loader_benchmark.h"
#include "ecg_lora/ecg/leakage/audit.h"
#include "ecg_lora/ecg/leakage/audit_report.h"
#include "ecg_lora/export/finish.h"
#include "ecg_lora/inference/loading/load.h"
#include "ecg_lora/model/check/check_checkpoint.h"
#include "ecg_lora/plan/training/arithmetic.h"
#include "ecg_lora/train/loop/loss.h"
#include "ecg_lora/train/loop/shards.h"

namespace ecg_lora::tools {
namespace {

bool adapts(const TrainRun& run) {
  return run.recipe.loop.trainable == "lora";
}

plan::TrainingInput counted_input(const TrainRun& run) {
  auto input = training_input(run.recipe, {}, run.model->device().is_cuda());
  input.model = run.model->config();
  input.loop.accumulation /= run.processes.group->ranks();
  return input;
}

}  // namespace

TrainRun start_run(const TrainRecipe& given, const TrainOptions& options) {
  watch_interrupts();
  model::check_checkpoint(given.model);
  TrainRun run;
  run.recipe = given;
  run.options = options;
  inference::resolve_dtype(run.recipe.compute, given.model,
                           inference::trainable_of(given.loop.trainable));
  return run;
}

void read_data(TrainRun& run) {
  const auto& recipe = run.recipe;
  run.set = data::load_data(recipe.data, recipe.model);
  run.base =
      model::load_model_config(recipe.model, model::chosen_vision_states(recipe.vision_states));
  if (!adapts(run)) exports::exported_states(run.base.vision);  // refused now, not after days
  run.sources = training_sources(recipe, run.set, run.base.pad_token_id);
  run.sources.only_pages = adapts(run) && lora::needs_pages(run.base, recipe.lora);
  if (!run.set.database) return;
  const auto report =
      leakage::audit_folds(run.set.database, recipe.data.sampling_rate, recipe.data.splits());
  leakage::check_training_leaks(report, recipe.data.allow_leaks);
  run.leaks = to_json(report);
}

void print_loader_benchmark(const TrainRun& run) {
  auto training = data::make_training_data(run.sources, data::Split::training, run.skipped);
  std::cout << data::benchmark_loader(std::move(training.source), thread_count(0));
}

void join_processes(TrainRun& run) {
  run.memory.emplace(model::parse_device(run.recipe.compute.device));
  run.processes = distributed::join_ranks(model::parse_device(run.recipe.compute.device),
                                          std::chrono::seconds(run.recipe.loop.rank_timeout));
}

void make_batches(TrainRun& run) {
  run.training = data::make_training_data(run.sources, data::Split::training, run.skipped);
  run.validation = data::make_training_data(run.sources, data::Split::validation, run.skipped);
}

void require_memory(TrainRun& run) {
  const auto choice = base_of(run.recipe);
  const bool cuda = model::parse_device(choice.compute.device).is_cuda();
  const auto batch = train::first_with_answers(*run.training.source);
  run.memory_checked = plan::require_training_memory(
      run.recipe.model, inference::base_load(choice, cuda),
      training_input(run.recipe, plan::shape_of(batch), cuda), run.processes.group->ranks(),
      plan::available_memory(cuda), run.options.force);
}

void compare_inputs(TrainRun& run) {
  const auto& recipe = run.recipe;
  if (run.options.dry_run && run.processes.group->ranks() == 1) return;
  auto pages = pages_of(run.training);
  const auto more = pages_of(run.validation);
  pages.insert(pages.end(), more.begin(), more.end());
  const auto wording = run.set.labels ? run.set.labels->wording().identity() : Json();
  run.identity = provenance::run_identity({recipe.output, recipe.model, run.base.vision,
                                           recipe.data, wording, pages, recipe.compute.threads});
  provenance::compare_ranks(*run.processes.group, config::dump(recipe), run.identity.compared);
}

void measure_cost(TrainRun& run) {
  if (!run.options.dry_run)
    run.cost = std::make_shared<train::RunCost>(run.processes.group,
                                                model::parse_device(run.recipe.compute.device));
}

/// The base, or this process's piece of it.
void load_model(TrainRun& run) {
  const auto& recipe = run.recipe;
  const auto layers =
      train::sharded_layers(recipe.loop, recipe.compute.base_quantisation, run.processes.group);
  run.model = inference::load_base(base_of(recipe), *run.memory_checked,
                                   layers ? layers->packer() : nullptr);
  if (layers) layers->log_size();
}

void choose_parameters(TrainRun& run) {
  const auto& recipe = run.recipe;
  run.trained = adapts(run) ? lora::inject(run.model, recipe.lora, recipe.seed)
                            : lora::train_everything(run.model);
  run.storage = adapts(run) ? train::adapter_storage(run.model, recipe.lora, recipe.model)
                            : train::parameter_storage(run.model);
}

void choose_questions(TrainRun& run) {
  run.questions = std::make_shared<probe::ValidationProbe>(run.sources, run.recipe.loop,
                                                           run.validation.source.get(), run.model);
}

void set_job(TrainRun& run) {
  const auto& recipe = run.recipe;
  auto& job = run.job;
  job.group = run.processes.group;
  const data::RankShare share{job.group->rank(), job.group->ranks(), recipe.batch.workers,
                              run.model->device().is_cuda()};
  job.model = run.model;
  job.training = data::batches_ahead(std::move(run.training.source), share);
  if (run.validation.source)
    job.validation =
        data::batches_ahead(std::move(run.validation.source), share, /*one_epoch=*/true);
  job.optimizer = recipe.optimizer;
  job.loop = recipe.loop;
  job.run = recipe.output;
  job.seed = recipe.seed;
  job.save = run.storage.save, job.load = run.storage.load;
  if (!run.questions->empty()) job.probe = [asked = run.questions] { return asked->ask(); };
  job.cost = run.cost;
  if (job.cost) plan::count_arithmetic(*job.cost, counted_input(run));
}

}  // namespace ecg_lora::tools
