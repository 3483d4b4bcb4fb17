#include "train_recipe.h"

#include <filesystem>
#include <iostream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/train/tensor_memory.h"
#include "ecg_lora/train/trainer.h"
#include "loader_benchmark.h"
#include "model_card.h"
#include "train_data.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

/// The run folder, with the resolved config in it. An existing one is refused unless the run is resumed with the same config.
void open_run(const TrainRecipe& recipe, bool resume) {
  const fs::path run = recipe.output;
  if (fs::exists(run) && !resume)
    throw_usage("output ", run.string(), " exists already, expected a new folder; choose another, remove it, or add --resume to go on with it");
  if (resume && !fs::exists(run)) throw_usage("output ", run.string(), " does not exist, so there is nothing to resume; leave --resume away");
  fs::create_directories(run);
  write_json(run / "config.json", config::dump(recipe));
  log_to_file(run / "log.txt");
}

/// Full training: weights beside copies of the base's other files.
void save_model(const fs::path& folder, const model::Mllama& model, const TrainRecipe& recipe) {
  fs::create_directories(folder);
  tensorio::NamedTensors tensors;
  for (const auto& [name, tensor] : model::disk_tensors(model)) tensors.emplace_back(name, tensor.detach().to(model::parse_dtype(recipe.save_dtype)));
  tensorio::write_safetensors(folder / "model.safetensors", tensors);
  for (const auto& entry : fs::directory_iterator(recipe.model))
    if (entry.is_regular_file() && entry.path().extension() != ".safetensors" && entry.path().filename() != "model.safetensors.index.json")
      fs::copy_file(entry.path(), folder / entry.path().filename(), fs::copy_options::overwrite_existing);
  auto config = read_json(folder / "config.json");
  config["torch_dtype"] = recipe.save_dtype == "bf16" ? "bfloat16" : recipe.save_dtype == "fp16" ? "float16" : "float32";
  write_json(folder / "config.json", config);
}

/// How trained tensors go into checkpoints and come back.
void set_storage(train::TrainJob& job, const TrainRecipe& recipe) {
  const auto model = job.model;
  if (recipe.loop.trainable == "lora") {
    job.save = [model, recipe](const fs::path& folder) { lora::save_adapter(folder, model, recipe.lora, recipe.model); };
    job.load = [model](const fs::path& folder) { lora::restore_adapter(model, folder); };
    return;
  }
  job.save = [model](const fs::path& folder) {
    tensorio::NamedTensors tensors;
    for (const auto& [name, tensor] : lora::trainable_parameters(model)) tensors.emplace_back(name, tensor.detach());
    tensorio::write_safetensors(folder / "model.safetensors", tensors);
  };
  job.load = [model](const fs::path& folder) {
    const at::NoGradGuard guard;
    const tensorio::SafetensorsFile file(folder / "model.safetensors");
    for (auto& [name, tensor] : lora::trainable_parameters(model)) tensor.copy_(file.tensor(name));
  };
}

void describe(const TrainRecipe& recipe, const train::TrainJob& job, const DataSet& set, const lora::InjectReport& report, const std::string& samples) {
  const auto batches = job.training->size();
  std::cout << report.table << "\n";
  if (set.labels)
    std::cout << "labels      " << recipe.data.labels << " (" << set.labels->labels().size() << ")\n"
              << "folds       " << fold_text(recipe.data.train_folds) << " train, " << fold_text(recipe.data.valid_folds) << " validate\n";
  std::cout << samples << "batches     " << batches << " an epoch, " << recipe.batch.images << " recordings each\n"
            << "steps       " << train::total_steps(recipe.loop, batches) << "\n"
            << "first batch " << job.training->get(0, 0).rows() << " questions\n"
            << std::flush;
}

/// Patients and records that the folds share: refused, or told where the config allows them. What is returned goes into the run folder.
Json check_leaks(const TrainRecipe& recipe, const DataSet& set) {
  if (!set.database) return nullptr;
  const auto report = audit_folds(set.database, recipe.data);
  if (!recipe.data.allow_leaks)
    audit::refuse_leaks(report);
  else if (report.leaks())
    log_warn(cat("training on folds that share ", report.patients.size(), " patients and ", report.records.size(), " records, as data.allow_leaks says"));
  return to_json(report);
}

}  // namespace

int run_train(const TrainRecipe& recipe, const TrainOptions& options) {
  watch_interrupts();
  const auto set = load_data(recipe.data, recipe.model);
  const DataRecipe batches{recipe.data, recipe.page, recipe.paper, recipe.batch, recipe.seed, model::load_model_config(recipe.model).pad_token_id, recipe.compute.threads};
  const auto leaks = check_leaks(recipe, set);
  const auto skipped = std::make_shared<data::SkipLog>();
  if (options.benchmark_loader) return benchmark_loader(make_train_data(batches, set, true, skipped).source, thread_count(0)), 0;
  const train::TensorMemory memory(model::parse_device(recipe.compute.device));
  train::TrainJob job;
  job.model = load_base(recipe.model, recipe.compute);
  const bool adapters = recipe.loop.trainable == "lora";
  const auto report = adapters ? lora::inject(job.model, recipe.lora, recipe.seed) : lora::train_everything(job.model);
  auto training = make_train_data(batches, set, true, skipped), validation = make_train_data(batches, set, false, skipped);
  job.training = data::prefetch(std::move(training.source), recipe.batch.workers);
  if (validation.source) job.validation = data::prefetch(std::move(validation.source), recipe.batch.workers);
  job.optimizer = recipe.optimizer;
  job.loop = recipe.loop;
  job.run = recipe.output;
  job.seed = recipe.seed;
  set_storage(job, recipe);
  describe(recipe, job, set, report, training.description);
  if (options.dry_run) return 0;

  open_run(recipe, options.resume);
  if (!leaks.is_null()) write_json(fs::path(recipe.output) / "audit.json", leaks);
  skipped->write_to(fs::path(recipe.output) / "skipped.jsonl");
  const auto model = job.model;
  train::Trainer trainer(std::move(job));
  if (options.resume) trainer.resume();
  trainer.run();
  const fs::path out = fs::path(recipe.output) / (adapters ? "adapter" : "model");
  if (adapters)
    lora::save_adapter(out, model, recipe.lora, recipe.model), write_file(out / "README.md", adapter_card(out, Json()));
  else
    save_model(out, model, recipe);
  if (skipped->count() > 0) log_warn(cat(skipped->count(), " samples were left out; ", (fs::path(recipe.output) / "skipped.jsonl").string(), " lists them"));
  log_info(cat("peak memory: tensors ", memory.peak() / 1000000, " MB, the whole process ", train::process_peak() / 1000000, " MB"));
  std::cout << "wrote " << out.string() << "\n";
  return 0;
}

}  // namespace ecg_lora::tools
