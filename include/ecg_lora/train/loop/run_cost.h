// Measures what a run costs while it runs, over all its processes, into cost.json of its folder.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "ecg_lora/cost/cost_record.h"
#include "ecg_lora/cost/machine.h"
#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/train/distributed/group.h"
#include "ecg_lora/train/loop/tensor_memory.h"

namespace ecg_lora::train {

struct StepResult;

/// Measuring changes nothing of the training: no tensor of the model is touched, no random number
/// drawn. A file that cannot be written is warned of; the next writing holds all that it would
/// have.
class RunCost {
 public:
  /// Measures from here on. Called by all ranks of `group`; `device` is that of this one.
  RunCost(std::shared_ptr<distributed::Group> group, at::Device device,
          cost::MachinePaths paths = {});
  /// Writes what is known, if finish() was not called: the part was stopped.
  ~RunCost();
  RunCost(const RunCost&) = delete;
  RunCost& operator=(const RunCost&) = delete;

  /// Arithmetic of a batch of this rank; without it none is counted.
  std::function<double(const data::Batch&)> arithmetic;
  /// What other settings would cost, as of the batches so far; asked before each writing.
  std::function<cost::PlannedSettings()> plan;

  /// On the first rank: begins a part of the run in that folder. A part of a process that was
  /// killed is closed, so call it before the metrics behind the checkpoint are removed.
  void open(const std::filesystem::path& run);
  /// The run goes on behind `step`.
  void begin(std::int64_t step);
  /// A step of all ranks, `step` steps after the run's start.
  void add_step(const StepResult& result, std::int64_t step);
  void add_validation(double seconds) { part_.validation_seconds += seconds; }
  void add_checkpoint(double seconds) { part_.checkpoint_seconds += seconds; }
  /// Gathers what all ranks used, and writes it on the first. Called by all ranks together.
  void update();
  /// The same once the run is at its end.
  void finish();

  /// All parts with this one, as of the last update.
  cost::CostRecord record() const;

 private:
  void find_counters(const cost::MachinePaths& paths);
  std::vector<double> own_use();
  void take(const std::vector<double>& all);
  void take_plan(cost::PlannedSettings now);
  void write();

  std::shared_ptr<distributed::Group> group_;
  at::Device device_;
  TensorMemory tensors_;
  std::chrono::steady_clock::time_point start_, written_;
  cost::CostRecord before_;  ///< parts of earlier processes
  cost::RunPart part_;
  std::unique_ptr<cost::EnergyMeter> cpu_meter_, gpu_meter_;  ///< null if another rank reads it
  std::int64_t cpu_meters_ = 1, gpu_meters_ = 0;              ///< of all ranks
  std::filesystem::path file_;  ///< empty on other ranks, and before open()
  bool finished_ = false, warned_ = false;
};

}  // namespace ecg_lora::train
