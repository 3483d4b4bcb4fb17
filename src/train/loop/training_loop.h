// What Trainer does, step by step.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/train/logging/loss_spike_detector.h"
#include "ecg_lora/train/logging/metrics_log.h"
#include "ecg_lora/train/loop/optimizer.h"
#include "ecg_lora/train/loop/trainer.h"
#include "ecg_lora/train/loop/training_checkpoint.h"

namespace ecg_lora::train {

class TrainingLoop {
 public:
  explicit TrainingLoop(TrainJob job);

  void resume(const std::string& name);
  void run();
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

}  // namespace ecg_lora::train
