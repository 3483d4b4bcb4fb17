// The training loop.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/base/memory.h"
#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/train/distributed/group.h"
#include "ecg_lora/train/logging/loss_spike_detector.h"
#include "ecg_lora/train/logging/metrics_log.h"
#include "ecg_lora/train/loop/optimizer.h"
#include "ecg_lora/train/loop/run_cost.h"
#include "ecg_lora/train/loop/training_checkpoint.h"
#include "ecg_lora/train/loop/training_config.h"

namespace ecg_lora::train {

/// What a run computes at a validation in addition to the loss.
struct ProbeResult {
  std::optional<double> auroc;     ///< mean over labels
  Json auroc_of = Json::object();  ///< of each label; null where it is undefined
  Json answers =
      Json::array();  ///< of the sample pages: {"page", "question", "expected", "answer"}
};

/// What the loop needs. The model's trainable parameters are chosen before (lora::inject or
/// lora::train_everything).
struct TrainJob {
  model::Mllama model{nullptr};
  std::unique_ptr<data::BatchSource> training;    ///< of this rank: data::share_of()
  std::unique_ptr<data::BatchSource> validation;  ///< of this rank; may be null
  std::shared_ptr<distributed::Group> group =
      distributed::single_process();  ///< all processes of the run; only the first one writes
  OptimizerConfig optimizer;
  LoopConfig loop;
  std::filesystem::path run;  ///< run folder; exists
  std::uint64_t seed = 0;
  /// Writes the trained tensors into a folder of a checkpoint; called with the optimizer's state
  /// written beside them.
  std::function<void(const std::filesystem::path&)> save;
  /// Reads them back.
  std::function<void(const std::filesystem::path&)> load;
  /// Asks the model, which is in evaluation mode, after each validation loss; may be empty. The
  /// trainer knows neither decoding nor scores.
  std::function<ProbeResult()> probe;
  /// Called with every line of metrics.jsonl once it is written; may be empty.
  std::function<void(const Json&)> on_metrics;
  /// Counts every step, validation and checkpoint; may be null.
  std::shared_ptr<RunCost> cost;
};

/// The layers that `loop` asks to be recomputed; usage error where it names another kind.
model::ActivationCheckpointing activation_checkpointing(const LoopConfig& loop);

/// Optimizer steps that `loop` asks for, given the batches of an epoch.
std::int64_t total_steps(const LoopConfig& loop, std::int64_t batches);

/// What a step went through and gave, on all ranks together but for the times and ids.
struct StepResult {
  double loss = 0;           ///< mean over the answer tokens of all its batches
  double gradient_norm = 0;  ///< before clipping
  double lr = 0;
  std::int64_t answer_tokens = 0, text_tokens = 0;  ///< labelled tokens; all but padding
  std::int64_t samples = 0,
               masked_batches = 0;  ///< rows; batches with rows but without a labelled token
  std::int64_t images = 0;
  double flops = 0;  ///< arithmetic, where TrainJob::cost counts it
  std::vector<std::int64_t> sample_ids;
  double seconds = 0, data_wait = 0;  ///< of the step in all; of waiting for its batches
  bool finite = true;
};

/// Memory that tensors take on an accelerator, or that the process takes on a CPU.
MemoryUse memory_use(at::Device device);

class Trainer {
 public:
  explicit Trainer(TrainJob job);

  /// Continues from the checkpoint of that name, or where it is empty from the newest; from the
  /// start where there is none yet. Call before run().
  void resume(const std::string& name = "");
  /// Trains to the last step or until patience is out, writing metrics.jsonl and checkpoints.
  /// Throws Error with ExitCode::interrupted after SIGINT or SIGTERM, once the step in hand was
  /// finished and saved; a data error, once the state was saved where that can be, where data or
  /// files failed for longer than loop.retry_seconds; a numerics error after
  /// loop.max_skipped_in_a_row steps that were not finite.
  void run();
  /// One step from the present state, with nothing written. Numerics error where its loss or
  /// gradients are not finite.
  StepResult try_step();

  const TrainerState& state() const { return state_; }
  std::int64_t steps() const { return steps_; }
  at::Device device() const { return job_.model->device(); }

 private:
  struct StepInput {
    std::vector<data::Batch> batches;  ///< on the model's device
    StepResult result;                 ///< what is known before the pass
  };

  void loop();
  bool done() const;
  void after_step();

  StepInput next_input();
  StepResult train_step();
  /// If weights are sharded over ranks, every rank runs through every layer: a batch without
  /// images gets a blank one.
  data::Batch with_layers_of_others(const data::Batch& batch) const;
  at::Tensor zero_loss(const data::Batch& batch);
  double forward_backward(const StepInput& input);
  void apply(StepResult& result);
  void note_skipped(const StepResult& result, const std::string& ids);
  void warn_of_oddities(const StepResult& result);

  /// Adds a batch of this rank to the step's counts.
  void count(const data::Batch& batch, StepResult& result) const;
  void validate();
  double validation_loss(std::int64_t& tokens);
  std::int64_t validation_batches() const;
  void checkpoint();
  void write_checkpoint();
  void stop_if_asked();
  [[noreturn]] void stop_with_state(const Error& error);

  void log_step(const StepResult& result);
  void log_line(const Json& line);
  void warn(const std::string& kind, const std::string& message);

  TrainJob job_;
  std::vector<std::pair<std::string, at::Tensor>> parameters_;
  AdamW optimizer_;
  TrainerState state_;
  MetricsLog metrics_;
  LossSpikeDetector losses_;
  std::int64_t steps_;
  std::int64_t saved_ = -1;  ///< step of the newest checkpoint
  bool stop_ = false;        ///< a rank was asked to stop, as all agreed
  bool new_best_ = false;    ///< the present step was validated as the best and is not saved yet
};

/// {"batches", "steps", "trainable_parameters", "parameters", "adapted_modules"}, for the run
/// folder. `trained`: what of job.model is.
Json summary_of(const TrainJob& job, const lora::InjectReport& trained);

/// Trainer::try_step(), and what it says of all steps, for people: time, loss, memory.
std::string try_out(Trainer& trainer);

}  // namespace ecg_lora::train
