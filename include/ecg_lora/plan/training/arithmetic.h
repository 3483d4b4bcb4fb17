// The arithmetic of batches that were made, and what they would cost under other settings.
#pragma once

#include <memory>

#include "ecg_lora/cost/cost_record.h"
#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/plan/training/memory.h"

namespace ecg_lora::plan {

/// What the plan counts of a batch that was made. REQUIRES: rows() > 0.
BatchShape shape_of(const data::Batch& batch);

/// Counts batches as plan_memory() counts the step of one batch: MemoryPlan::flops, by shape alone.
class Arithmetic {
 public:
  /// Of one batch, whatever input.loop.accumulation and input.batch are.
  explicit Arithmetic(PlanInput input);
  ~Arithmetic();
  Arithmetic(const Arithmetic&) = delete;
  Arithmetic& operator=(const Arithmetic&) = delete;
  double of(const BatchShape& shape);
  /// The same of its shape; it is remembered if it has more arithmetic than all before.
  double of(const data::Batch& batch);
  /// alternatives() for the batch with the most arithmetic; no settings before the first one.
  const cost::PlannedSettings& others();

 private:
  struct Counted;
  PlanInput input_;
  std::int64_t accumulation_;
  std::unique_ptr<Counted> counted_;
  BatchShape largest_;
  double largest_flops_ = 0;
  cost::PlannedSettings others_;
  bool fresh_ = true;  ///< others_ is that of largest_
};

/// Memory of a step and arithmetic of one batch, as input.batch has it: first under `input`, then
/// with half and twice the rank, with 1, 2 and 4 tiles (fewer than the base's), and with half and
/// twice the questions per image. Rows about more than one image have no such number.
cost::PlannedSettings alternatives(const PlanInput& input);

}  // namespace ecg_lora::plan
