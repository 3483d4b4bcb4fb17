// The steps of a training run, in their order.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ecg_lora/base/lock.h"
#include "ecg_lora/data/loader/training_data.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/provenance/run_identity.h"
#include "ecg_lora/train/distributed/join_ranks.h"
#include "ecg_lora/train/loop/storage.h"
#include "ecg_lora/train/loop/tensor_memory.h"
#include "ecg_lora/train/loop/train_job.h"
#include "ecg_lora/train/probe/probe.h"
#include "recipe.h"

namespace ecg_lora::tools {

/// All that a run has, in the order in which its steps make it.
struct TrainRun {
  TrainRecipe recipe;
  TrainOptions options;
  data::DataSet set;
  model::ModelConfig base;
  data::TrainingSources sources;
  Json leaks;  ///< null without records
  std::shared_ptr<data::SkipLog> skipped = std::make_shared<data::SkipLog>();
  std::optional<train::TensorMemory> memory;
  distributed::Ranks processes;
  std::optional<plan::MemoryChecked> memory_checked;  ///< that the base may be loaded
  data::TrainingData training, validation;
  provenance::RunIdentity identity;
  std::unique_ptr<OutputLock> writer;    ///< of the first process
  std::shared_ptr<train::RunCost> cost;  ///< null for a trial
  model::Mllama model{nullptr};
  lora::InjectReport trained;  ///< which parameters
  train::Storage storage;
  std::shared_ptr<probe::ValidationProbe> questions;
  train::TrainJob job;
};

TrainRun start_run(const TrainRecipe& given, const TrainOptions& options);
void read_data(TrainRun& run);
void print_loader_benchmark(const TrainRun& run);
void join_processes(TrainRun& run);
void make_batches(TrainRun& run);
void require_memory(TrainRun& run);
void compare_inputs(TrainRun& run);
void measure_cost(TrainRun& run);
void load_model(TrainRun& run);
void choose_parameters(TrainRun& run);
void choose_questions(TrainRun& run);
void set_job(TrainRun& run);
void print_summary(const TrainRun& run);
void print_trial(TrainRun& run);
void write_start(TrainRun& run);
void train_model(TrainRun& run);
void write_result(const TrainRun& run);
void log_end(const TrainRun& run);

}  // namespace ecg_lora::tools
