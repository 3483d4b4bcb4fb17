#include "train_recipe.h"

#include <filesystem>
#include <iomanip>
#include <iostream>
#include <optional>

#include "base_room.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/memory.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/cost/card.h"
#include "ecg_lora/data/loader_benchmark.h"
#include "ecg_lora/model/check_checkpoint.h"
#include "ecg_lora/plan/arithmetic.h"
#include "ecg_lora/probe/probe.h"
#include "ecg_lora/provenance/run_identity.h"
#include "ecg_lora/train/event_file.h"
#include "ecg_lora/train/loss.h"
#include "ecg_lora/train/run_folder.h"
#include "ecg_lora/train/shards.h"
#include "ecg_lora/train/tensor_memory.h"
#include "ecg_lora/train/trainer.h"
#include "ecg_lora/export/finish.h"
#include "ranks.h"
#include "train_storage.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

void describe(const TrainRecipe& recipe, const train::TrainJob& job, const DataSet& set,
              const lora::InjectReport& report, const std::string& samples) {
  const auto batches = job.training->size();
  std::cout << report.table << "\n";
  if (set.labels)
    std::cout << "labels      " << recipe.data.labels << " (" << set.labels->labels().size()
              << ")\n"
              << "wording     " << set.labels->wording().tag() << "\n"
              << "folds       " << fold_text(recipe.data.train_folds) << " train, "
              << fold_text(recipe.data.valid_folds) << " validate\n";
  std::cout << samples << "batches     " << batches << " an epoch, " << recipe.batch.images
            << " recordings each\n"
            << "steps       " << train::total_steps(recipe.loop, batches) << "\n"
            << "first batch " << job.training->get(0, 0).rows() << " questions\n"
            << std::flush;
}

/// Patients and records that the folds share: refused, or told where the config allows them. What
/// is returned goes into the run folder.
Json check_leaks(const TrainRecipe& recipe, const DataSet& set) {
  if (!set.database) return nullptr;
  const auto report = audit_folds(set.database, recipe.data);
  audit::check_training_leaks(report, recipe.data.allow_leaks);
  return to_json(report);
}

/// The base, or this process's piece of it.
model::Mllama load_spread(const TrainRecipe& recipe, const std::shared_ptr<ranks::Group>& group) {
  const auto layers = train::sharded_layers(recipe.loop, recipe.compute.base_quantisation, group);
  auto model = load_base(recipe.model, recipe.vision_states, recipe.compute,
                         layers ? layers->store() : nullptr);
  if (layers) layers->log_size();
  return model;
}

/// Usage error if the run will not fit into memory, before a weight is read.
void require_room(TrainRecipe& recipe, const data::Batch& batch, std::int64_t ranks) {
  auto& compute = recipe.compute;
  const bool cuda = model::parse_device(compute.device).is_cuda();
  plan::require_training_room(recipe.model, base_load(compute, recipe.model, cuda),
                              plan_input(recipe, plan::shape_of(batch), cuda), ranks,
                              compute.force);
  compute.approved = true;
}

plan::PlanInput counted_input(const TrainRecipe& recipe, const train::TrainJob& job) {
  auto input = plan_input(recipe, {}, job.model->device().is_cuda());
  input.model = job.model->config();
  input.loop.accumulation /= job.group->ranks();
  return input;
}

/// One step of a run that is not made, and what it says of the others.
void try_step(train::TrainJob job) {
  const bool first = job.group->first();
  train::Trainer trainer(std::move(job));
  const auto text = train::try_out(trainer);
  if (first) std::cout << text;
}

void write_run_files(const TrainRecipe& recipe, const probe::ValidationProbe& asked,
                     const Json& leaks, const Json& summary) {
  const fs::path run = recipe.output;
  if (!leaks.is_null()) write_json(run / "audit.json", leaks);
  write_json(run / "data.json", summary);
  asked.write_pages(run);
}

void train_and_write(train::TrainJob job, const TrainRecipe& recipe, bool resume,
                     const std::string& resume_from) {
  const auto model = job.model;
  const auto load = job.load;
  const auto group = job.group;
  const auto cost = job.cost;
  std::optional<train::EventFile> curves;  // of the first process, which alone has metrics
  job.on_metrics = [&curves](const Json& line) { curves->add(line); };
  train::Trainer trainer(std::move(job));
  if (resume) trainer.resume(resume_from);
  if (group->first())
    curves.emplace(fs::path(recipe.output) / "tensorboard", trainer.position().step);
  trainer.run();
  train::require_learning(trainer.position());
  cost->finish();
  if (!group->first()) return;
  if (recipe.loop.write == "best") {
    const auto best = train::find_best(recipe.output);
    load(best.folder);
    log_info(
        cat("writing ", best.folder.string(), ", the best by validation ", recipe.loop.best_by));
  }
  std::cout << "wrote " << write_result(model, recipe, cost->record()) << "\n";
  for (const auto& [name, value] : cost::facts(cost->record()))
    log_info(cat("cost: ", name, ": ", value));
}

}  // namespace

int run_train(const TrainRecipe& given, const TrainOptions& options) {
  watch_interrupts();
  model::check_checkpoint(given.model);
  auto recipe = given;
  recipe.compute.force = options.force;
  resolve_dtype(recipe.compute, recipe.model, training_of(recipe.loop.trainable));
  const auto set = load_data(recipe.data, recipe.model);
  const auto shape =
      model::load_model_config(recipe.model, model::chosen_vision_states(recipe.vision_states));
  if (recipe.loop.trainable == "full")
    exports::exported_states(shape.vision);  // refused now, not after days
  auto from = training_sources(recipe, set, shape.pad_token_id);
  from.only_pages = recipe.loop.trainable == "lora" && lora::needs_pages(shape, recipe.lora);
  const auto leaks = check_leaks(recipe, set);
  const auto skipped = std::make_shared<data::SkipLog>();
  const auto make = [&](data::Split split) {
    return data::make_training_data(from, split, skipped);
  };
  if (options.benchmark_loader) {
    std::cout << data::benchmark_loader(make(data::Split::training).source, thread_count(0));
    return 0;
  }
  const train::TensorMemory memory(model::parse_device(recipe.compute.device));
  train::TrainJob job;
  const auto joined = join_ranks(recipe.compute, recipe.loop.rank_timeout);
  job.group = joined.group;
  auto training = make(data::Split::training), validation = make(data::Split::validation);
  require_room(recipe, train::first_with_answers(*training.source), job.group->ranks());
  provenance::MadeWith made;
  if (!options.dry_run || job.group->ranks() > 1) {
    auto pages = pages_of(training);
    const auto more = pages_of(validation);
    pages.insert(pages.end(), more.begin(), more.end());
    const auto wording = set.labels ? set.labels->wording().identity() : Json();
    made = provenance::made_with({recipe.output, recipe.model, shape.vision, recipe.data, wording,
                                  pages, recipe.compute.threads});
    provenance::compare_ranks(*job.group, config::dump(recipe), made.identity);
  }
  if (!options.dry_run)
    job.cost =
        std::make_shared<train::RunCost>(job.group, model::parse_device(recipe.compute.device));
  job.model = load_spread(recipe, job.group);
  const auto report = recipe.loop.trainable == "lora"
                          ? lora::inject(job.model, recipe.lora, recipe.seed)
                          : lora::train_everything(job.model);
  const auto asked = std::make_shared<probe::ValidationProbe>(from, recipe.loop,
                                                              validation.source.get(), job.model);
  if (!asked->empty()) job.probe = [asked] { return asked->ask(); };
  const data::RankShare share{job.group->rank(), job.group->ranks(), recipe.batch.workers,
                              job.model->device().is_cuda()};
  job.training = data::batches_ahead(std::move(training.source), share);
  if (validation.source)
    job.validation = data::batches_ahead(std::move(validation.source), share, /*one_epoch=*/true);
  job.optimizer = recipe.optimizer;
  job.loop = recipe.loop;
  job.run = recipe.output;
  job.seed = recipe.seed;
  set_storage(job, recipe);
  if (job.group->first()) describe(recipe, job, set, report, training.description);
  if (options.dry_run) return try_step(std::move(job)), 0;

  plan::count_arithmetic(*job.cost, counted_input(recipe, job));
  const bool resume = options.resume || (joined.restarted && fs::exists(recipe.output));
  job.group->barrier();  // all have looked before the first makes the folder
  std::optional<OutputLock> writer;
  if (job.group->first()) {
    writer.emplace(recipe.output);
    if (resume) {
      provenance::check_same_states(recipe.output, shape.vision);
      provenance::check_unchanged(recipe.output, made.identity, options.accept_changes);
    }
    train::open_run(recipe.output, config::dump(recipe), resume);
    job.cost->open(recipe.output);
    provenance::write_identity(recipe.output, made);
    auto summary = data::summary_of(from, training, validation);
    summary.update(train::summary_of(job, report));
    write_run_files(recipe, *asked, leaks, summary);
  }
  job.group->barrier();
  skipped->write_to(
      fs::path(recipe.output) /
      (job.group->first() ? "skipped.jsonl" : cat("skipped.rank", job.group->rank(), ".jsonl")));
  train_and_write(std::move(job), recipe, resume, options.resume_from);
  if (skipped->count() > 0)
    log_warn(cat(skipped->count(), " samples were left out; ",
                 (fs::path(recipe.output) / "skipped.jsonl").string(), " lists them"));
  log_info(cat("peak memory: tensors ", format_bytes(memory.peak()), ", the whole process ",
               format_bytes(resident_memory().peak)));
  return 0;
}

}  // namespace ecg_lora::tools
