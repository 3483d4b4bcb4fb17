#include "train_room.h"

#include <algorithm>

#include "base_room.h"
#include "ecg_lora/plan/arithmetic.h"

namespace ecg_lora::tools {
namespace {

/// Bytes that tensors of one process may take.
std::int64_t usable(const plan::Room& room, bool cuda) {
  if (cuda) return room.device.value_or(0);
  auto least = std::numeric_limits<std::int64_t>::max();
  for (const auto& limit : room.limits)
    if (!limit.addresses) least = std::min(least, limit.left / (limit.shared ? room.processes : 1));
  return std::max<std::int64_t>(0, least - plan::library_bytes(cuda));
}

std::vector<plan::Option> options_of(const TrainRecipe& recipe, const plan::PlanInput& input,
                                     const plan::Room& room, std::int64_t ranks) {
  std::vector<plan::Option> options;
  for (const auto& advice : plan::advise(input, usable(room, input.cuda)))
    if (!advice.change.empty())
      options.push_back({"--set " + advice.change, train_need(recipe, advice.input, ranks)});
  return options;
}

}  // namespace

plan::PlanInput plan_input(const TrainRecipe& recipe, const plan::BatchShape& shape, bool cuda) {
  return {model::load_model_config(recipe.model, model::chosen_vision_states(recipe.vision_states)),
          base_quantisation(recipe.compute),
          model::parse_dtype(recipe.compute.dtype),
          recipe.lora,
          recipe.optimizer,
          recipe.loop,
          shape,
          cuda};
}

plan::Need train_need(const TrainRecipe& recipe, const plan::PlanInput& input, std::int64_t ranks) {
  auto load = base_load(recipe.compute, recipe.model, input.cuda);
  load.base = input.base, load.dtype = input.dtype;
  if (recipe.loop.spread_weights) load.share = ranks;
  const auto plan = plan::plan_memory(input);
  return plan::need_of(load, plan.total(), plan.batch * recipe.loop.accumulation);
}

void require_room(TrainRecipe& recipe, const data::Batch& batch, std::int64_t ranks) {
  const bool cuda = model::parse_device(recipe.compute.device).is_cuda();
  const auto input = plan_input(recipe, plan::shape_of(batch), cuda);
  const auto need = train_need(recipe, input, ranks);
  const auto room = plan::room_now(cuda);
  recipe.compute.approved = true;
  if (plan::shortage(need, room).empty()) return;
  plan::require_room(cat("training ", recipe.model, " in ", recipe.compute.dtype,
                         " with batches of ", input.batch.images, " images"),
                     need, options_of(recipe, input, room, ranks), room, recipe.compute.force);
}

}  // namespace ecg_lora::tools
