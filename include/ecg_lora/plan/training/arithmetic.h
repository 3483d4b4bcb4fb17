// The arithmetic of batches that were made, and what they would cost under other settings.
#pragma once

#include <memory>

#include "ecg_lora/cost/cost_record.h"
#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/plan/training/training_plan.h"

namespace ecg_lora::plan {

/// What the plan counts of a batch that was made. REQUIRES: rows() > 0.
BatchShape shape_of(const data::Batch& batch);

/// Counts batches as plan_training() counts the step of one batch: TrainingPlan::flops, by shape
/// alone.
class Arithmetic {
 public:
  /// Of one batch, whatever input.loop.accumulation and input.batch are.
  explicit Arithmetic(TrainingInput input);
  ~Arithmetic();
  Arithmetic(const Arithmetic&) = delete;
  Arithmetic& operator=(const Arithmetic&) = delete;
  double of(const BatchShape& shape);
  /// The same of its shape; it is remembered if it has more arithmetic than all before.
  double of(const data::Batch& batch);
  /// planned_settings() for the batch with the most arithmetic; no settings before the first one.
  const cost::PlannedSettings& planned();

 private:
  struct Counted;
  TrainingInput input_;
  std::int64_t accumulation_;
  std::unique_ptr<Counted> counted_;
  BatchShape largest_;
  double largest_flops_ = 0;
  cost::PlannedSettings planned_;
  bool fresh_ = true;  ///< planned_ is that of largest_
};

/// Memory of a step and arithmetic of one batch, as input.batch has it: first under `input`, then
/// with half and twice the rank, with 1, 2 and 4 tiles (fewer than the base's), and with half and
/// twice the questions per image. Rows about more than one image have no such number.
cost::PlannedSettings planned_settings(const TrainingInput& input);

}  // namespace ecg_lora::plan
