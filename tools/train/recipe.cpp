#include "recipe.h"

#include <filesystem>
#include <iostream>
#include <optional>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/memory.h"
#include "ecg_lora/cost/card.h"
#include "ecg_lora/ecg/collections/folds.h"
#include "ecg_lora/export/trained_result.h"
#include "ecg_lora/train/logging/event_file.h"
#include "ecg_lora/train/loop/run_folder.h"
#include "ecg_lora/train/loop/trainer.h"
#include "ecg_lora/train/loop/training_checkpoint.h"
#include "steps.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

/// What the run learns from, for its report.
Json data_summary(const TrainRun& run) {
  auto summary = data::summary_of(run.sources, run.training, run.validation);
  summary.update(train::summary_of(run.job, run.trained));
  return summary;
}

/// Of the first process: the folder that it alone writes into.
void write_folder(TrainRun& run, bool resume) {
  const auto& recipe = run.recipe;
  const fs::path folder = recipe.output;
  run.writer = std::make_unique<OutputLock>(folder);
  if (resume) {
    provenance::check_same_states(folder, run.base.vision);
    provenance::check_unchanged(folder, run.identity.compared, run.options.accept_changes);
  }
  train::open_run(folder, config::dump(recipe), resume);
  run.cost->open(folder);
  provenance::write_identity(folder, run.identity);
  if (!run.leaks.is_null()) write_json(folder / "audit.json", run.leaks);
  write_json(folder / "data.json", data_summary(run));
  run.questions->write_pages(folder);
}

}  // namespace

void print_summary(const TrainRun& run) {
  const auto& recipe = run.recipe;
  const auto& labels = run.set.labels;
  if (!run.job.group->first()) return;
  const auto batches = run.job.training->size();
  std::cout << run.trained.table << "\n";
  if (labels)
    std::cout << "labels      " << recipe.data.labels << " (" << labels->labels().size() << ")\n"
              << "wording     " << labels->wording().tag() << "\n"
              << "folds       " << collections::fold_text(recipe.data.train_folds) << " train, "
              << collections::fold_text(recipe.data.valid_folds) << " validate\n";
  std::cout << run.training.description << "batches     " << batches << " an epoch, "
            << recipe.batch.images << " recordings each\n"
            << "steps       " << train::total_steps(recipe.loop, batches) << "\n"
            << "first batch " << run.job.training->get(0, 0).rows() << " questions\n"
            << std::flush;
}

void print_trial(TrainRun& run) {
  train::Trainer trainer(std::move(run.job));
  const auto text = train::try_out(trainer);
  if (run.processes.group->first()) std::cout << text;
}

/// All have looked for the folder before the first process makes it.
void write_start(TrainRun& run) {
  auto& [group, restarted] = run.processes;
  const fs::path folder = run.recipe.output;
  run.options.resume = run.options.resume || (restarted && fs::exists(folder));
  group->barrier();
  if (group->first()) write_folder(run, run.options.resume);
  group->barrier();
  run.skipped->write_to(
      folder / (group->first() ? "skipped.jsonl" : cat("skipped.rank", group->rank(), ".jsonl")));
}

void train_model(TrainRun& run) {
  std::optional<train::EventFile> curves;  // of the first process, which alone has metrics
  run.job.on_metrics = [&curves](const Json& line) { curves->add(line); };
  train::Trainer trainer(std::move(run.job));
  if (run.options.resume) trainer.resume(run.options.resume_from);
  if (run.processes.group->first())
    curves.emplace(fs::path(run.recipe.output) / "tensorboard", trainer.state().step);
  trainer.run();
  train::require_learning(trainer.state());
  run.cost->finish();
}

void write_result(const TrainRun& run) {
  const auto& recipe = run.recipe;
  if (!run.processes.group->first()) return;
  if (recipe.loop.write == "best") {
    const auto best = train::find_best(recipe.output);
    run.storage.load(best.folder);
    log_info(
        cat("writing ", best.folder.string(), ", the best by validation ", recipe.loop.best_by));
  }
  const auto cost = run.cost->record();
  exports::ExportOptions options{
      recipe.output, recipe.model, {}, model::parse_dtype(recipe.save_dtype)};
  if (recipe.loop.trainable == "lora") options.adapters = recipe.lora;
  std::cout << "wrote " << exports::write_trained(run.model, options, cost) << "\n";
  for (const auto& [name, value] : cost::card_rows(cost))
    log_info(cat("cost: ", name, ": ", value));
}

void log_end(const TrainRun& run) {
  if (run.skipped->count() > 0)
    log_warn(cat(run.skipped->count(), " samples were left out; ",
                 (fs::path(run.recipe.output) / "skipped.jsonl").string(), " lists them"));
  log_info(cat("peak memory: tensors ", format_bytes(run.memory->peak()), ", the whole process ",
               format_bytes(resident_memory().peak)));
}

int run_train(const TrainRecipe& given, const TrainOptions& options) {
  auto run = start_run(given, options);
  read_data(run);
  if (options.benchmark_loader) return print_loader_benchmark(run), 0;
  join_processes(run);
  make_batches(run);
  require_memory(run);
  compare_inputs(run);
  measure_cost(run);
  load_model(run);
  choose_parameters(run);
  choose_questions(run);
  set_job(run);
  print_summary(run);
  if (options.dry_run) return print_trial(run), 0;
  write_start(run);
  train_model(run);
  write_result(run);
  log_end(run);
  return 0;
}

}  // namespace ecg_lora::tools
