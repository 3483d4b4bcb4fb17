#include "ecg_lora/plan/training/training_memory.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/model/checkpoint/stored_dtype.h"
#include "ecg_lora/plan/training/arithmetic.h"

namespace ecg_lora::plan {
namespace {

/// Bytes that tensors of one process may take.
std::int64_t usable(const AvailableMemory& available, bool cuda) {
  if (cuda) return available.device.value_or(0);
  auto least = std::numeric_limits<std::int64_t>::max();
  for (const auto& limit : available.limits)
    if (!limit.addresses)
      least = std::min(least, limit.left / (limit.shared ? available.processes : 1));
  return std::max<std::int64_t>(0, least - library_bytes(cuda));
}

std::vector<Alternative> training_alternatives(const BaseLoad& load, const TrainingInput& input,
                                               const AvailableMemory& available,
                                               std::int64_t ranks) {
  std::vector<Alternative> alternatives;
  for (const auto& advice : advise(input, usable(available, input.cuda)))
    if (!advice.change.empty())
      alternatives.push_back(
          {"--set " + advice.change, training_memory(load, advice.input, ranks)});
  return alternatives;
}

}  // namespace

RequiredMemory training_memory(BaseLoad load, const TrainingInput& input, std::int64_t ranks) {
  load.base = input.base, load.dtype = input.dtype;
  if (input.loop.shard_weights) load.share = ranks;
  const auto plan = plan_training(input);
  return required_memory(load, plan.total(), plan.batch * input.loop.accumulation);
}

MemoryChecked require_training_memory(const std::string& name, const BaseLoad& load,
                                      const TrainingInput& input, std::int64_t ranks,
                                      const AvailableMemory& available, bool force) {
  const auto required = training_memory(load, input, ranks);
  std::vector<Alternative> alternatives;
  if (!shortage(required, available).empty())
    alternatives = training_alternatives(load, input, available, ranks);
  return require_memory(cat("training ", name, " in ", model::dtype_name(input.dtype),
                            " with batches of ", input.batch.images, " images"),
                        required, alternatives, available, force);
}

void count_arithmetic(train::RunCost& cost, const TrainingInput& input) {
  const auto arithmetic = std::make_shared<Arithmetic>(input);
  cost.arithmetic = [arithmetic](const data::Batch& batch) { return arithmetic->of(batch); };
  cost.plan = [arithmetic] { return arithmetic->planned(); };
}

}  // namespace ecg_lora::plan
