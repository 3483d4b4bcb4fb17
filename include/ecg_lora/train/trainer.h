// The training loop.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/data/batch.h"
#include "ecg_lora/model/mllama.h"
#include "ecg_lora/train/checkpoint.h"
#include "ecg_lora/train/config.h"
#include "ecg_lora/train/optimizer.h"

namespace ecg_lora::train {

/// What the loop needs. The model's trainable parameters are chosen before (lora::inject or lora::train_everything).
struct TrainJob {
  model::Mllama model{nullptr};
  std::unique_ptr<data::BatchSource> training;
  std::unique_ptr<data::BatchSource> validation;  ///< may be null
  OptimizerConfig optimizer;
  LoopConfig loop;
  std::filesystem::path run;  ///< run folder; exists
  std::uint64_t seed = 0;
  /// Writes the trained tensors into a folder of a checkpoint; called with the optimizer's state written beside them.
  std::function<void(const std::filesystem::path&)> save;
  /// Reads them back.
  std::function<void(const std::filesystem::path&)> load;
};

/// The layers that `loop` asks to be recomputed; usage error where it names another kind.
model::Checkpointing checkpointing(const LoopConfig& loop);

/// Optimizer steps that `loop` asks for, given the batches of an epoch.
std::int64_t total_steps(const LoopConfig& loop, std::int64_t batches);

class Trainer {
 public:
  explicit Trainer(TrainJob job);

  /// Continues from the newest checkpoint. Call before run().
  void resume();
  /// Trains to the last step, writing metrics.jsonl and checkpoints. Throws Error with ExitCode::interrupted after SIGINT or
  /// SIGTERM, once the step in hand was finished and saved; numerics error after five steps in a row that were not finite.
  void run();

 private:
  struct StepResult {
    double loss = 0, gradient_norm = 0, lr = 0;
    std::int64_t tokens = 0, samples = 0;
    std::vector<std::int64_t> sample_ids;
    bool finite = true;
  };

  std::vector<data::Batch> next_batches();
  StepResult train_step();
  void forward_backward(const std::vector<data::Batch>& batches, StepResult& result);
  void note_skipped(const StepResult& result);
  double validate();
  void checkpoint();
  void log_step(const StepResult& result, double seconds);
  void log_line(const std::string& line);
  void stop_if_asked();

  TrainJob job_;
  AdamW optimizer_;
  Position position_;
  std::int64_t steps_;
  int skipped_in_a_row_ = 0;
};

}  // namespace ecg_lora::train
