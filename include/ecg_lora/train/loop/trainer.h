// The training loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "ecg_lora/train/loop/step_result.h"
#include "ecg_lora/train/loop/train_job.h"
#include "ecg_lora/train/loop/trainer_state.h"

namespace ecg_lora::train {

class TrainingLoop;

/// Runs a TrainJob: steps, validations, checkpoints, metrics. With several ranks all call the same
/// members in the same order.
class Trainer {
 public:
  /// Usage error if the config contradicts itself or the job: patience without validation, a best
  /// AUROC without labels, an accumulation that the ranks cannot share, unknown kinds of layers.
  explicit Trainer(TrainJob job);
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// Continues from the checkpoint of that name ("step-40"), or from the newest if it is empty;
  /// from the start if there is none yet. Call before run(). Usage error for a name that is not
  /// there; checkpoint error for a damaged one.
  void resume(const std::string& name = "");

  /// Trains to the last step or until patience is out, writing metrics.jsonl and checkpoints.
  /// Throws
  /// - Error with ExitCode::interrupted after SIGINT or SIGTERM, or if a rank is gone, once the
  ///   step that was running is finished and saved;
  /// - a data error if data or files failed for longer than loop.retry_seconds, once the state is
  ///   saved, as far as it can be;
  /// - a numerics error after loop.max_skipped_in_a_row steps that were not finite.
  void run();

  /// One step from the present state, with nothing written. Numerics error if its loss or gradients
  /// are not finite.
  StepResult try_step();

  const TrainerState& state() const;
  std::int64_t steps() const;  ///< of the whole run
  at::Device device() const;   ///< that the model is on

 private:
  std::unique_ptr<TrainingLoop> loop_;
};

/// Trainer::try_step(), and what it says of all steps, for people: time, loss, memory.
std::string try_out(Trainer& trainer);

}  // namespace ecg_lora::train
