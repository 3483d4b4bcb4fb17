// What a training run is made of.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "ecg_lora/base/json.h"
#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/train/distributed/group.h"
#include "ecg_lora/train/loop/run_cost.h"
#include "ecg_lora/train/loop/training_config.h"

namespace ecg_lora::train {

/// What a run computes at a validation in addition to the loss.
struct ProbeResult {
  std::optional<double> auroc;     ///< mean over labels; nothing if it is defined for none
  Json auroc_of = Json::object();  ///< label to its AUROC; null if it is undefined
  /// Of the sample pages: {"page", "sample", "question", "expected", "answer"}, and "p_yes" if Yes
  /// or No is expected.
  Json answers = Json::array();
};

/// What Trainer needs. The model's trainable parameters are chosen before, by lora::inject() or
/// lora::train_everything().
struct TrainJob {
  model::Mllama model{nullptr};
  std::unique_ptr<data::BatchSource> training;    ///< of this rank: data::share_of()
  std::unique_ptr<data::BatchSource> validation;  ///< of this rank; may be null
  /// All processes of the run; only the first one writes.
  std::shared_ptr<distributed::Group> group = distributed::single_process();
  OptimizerConfig optimizer;
  LoopConfig loop;
  std::filesystem::path run;  ///< run folder; exists
  std::uint64_t seed = 0;     ///< of dropout
  /// Writes the trained tensors into a folder of a checkpoint, to which the trainer adds the
  /// optimizer's state. Data errors are tried again for loop.retry_seconds.
  std::function<void(const std::filesystem::path&)> save;
  /// Reads them back into the same parameters.
  std::function<void(const std::filesystem::path&)> load;
  /// Asks the model, which is in evaluation mode, after each validation loss; may be empty. The
  /// trainer knows neither decoding nor scores.
  std::function<ProbeResult()> probe;
  /// Called with every line of metrics.jsonl once it is written; may be empty.
  std::function<void(const Json&)> on_metrics;
  /// Counts every step, validation and checkpoint; may be null.
  std::shared_ptr<RunCost> cost;
};

/// The layers that loop.activation_checkpointing asks to be recomputed. Usage error if it names
/// another kind.
model::ActivationCheckpointing activation_checkpointing(const LoopConfig& loop);

/// Optimizer steps that `loop` asks for, if an epoch of this rank has `batches` batches; at
/// least 1.
std::int64_t total_steps(const LoopConfig& loop, std::int64_t batches);

/// {"batches", "steps", "trainable_parameters", "parameters", "adapted_modules"}, for the run
/// folder. `trained`: what of job.model is.
Json summary_of(const TrainJob& job, const lora::InjectReport& trained);

}  // namespace ecg_lora::train
