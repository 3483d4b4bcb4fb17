#include "ecg_lora/plan/training/training_room.h"

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
std::int64_t usable(const Room& room, bool cuda) {
  if (cuda) return room.device.value_or(0);
  auto least = std::numeric_limits<std::int64_t>::max();
  for (const auto& limit : room.limits)
    if (!limit.addresses) least = std::min(least, limit.left / (limit.shared ? room.processes : 1));
  return std::max<std::int64_t>(0, least - library_bytes(cuda));
}

std::vector<Option> training_options(const BaseLoad& load, const PlanInput& input, const Room& room,
                                     std::int64_t ranks) {
  std::vector<Option> options;
  for (const auto& advice : advise(input, usable(room, input.cuda)))
    if (!advice.change.empty())
      options.push_back({"--set " + advice.change, training_need(load, advice.input, ranks)});
  return options;
}

}  // namespace

Need training_need(BaseLoad load, const PlanInput& input, std::int64_t ranks) {
  load.base = input.base, load.dtype = input.dtype;
  if (input.loop.shard_weights) load.share = ranks;
  const auto plan = plan_memory(input);
  return need_of(load, plan.total(), plan.batch * input.loop.accumulation);
}

RoomChecked require_training_room(const std::string& name, const BaseLoad& load,
                                  const PlanInput& input, std::int64_t ranks, bool force) {
  const auto need = training_need(load, input, ranks);
  const auto room = room_now(input.cuda);
  std::vector<Option> options;
  if (!shortage(need, room).empty()) options = training_options(load, input, room, ranks);
  return require_room(cat("training ", name, " in ", model::dtype_name(input.dtype),
                          " with batches of ", input.batch.images, " images"),
                      need, options, room, force);
}

void count_arithmetic(train::RunCost& cost, const PlanInput& input) {
  const auto arithmetic = std::make_shared<Arithmetic>(input);
  cost.arithmetic = [arithmetic](const data::Batch& batch) { return arithmetic->of(batch); };
  cost.plan = [arithmetic] { return arithmetic->others(); };
}

}  // namespace ecg_lora::plan
