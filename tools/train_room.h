// What a training run needs, for `ecg-lora plan` and before the base is loaded.
#pragma once

#include "ecg_lora/data/batch.h"
#include "ecg_lora/plan/memory.h"
#include "ecg_lora/plan/room.h"
#include "train_recipe.h"

namespace ecg_lora::tools {

/// A step of `recipe`, whose dtype is resolved.
plan::PlanInput plan_input(const TrainRecipe& recipe, const plan::BatchShape& shape, bool cuda);

/// What training takes; `ranks` processes share the weights if loop.spread_weights says so.
plan::Need train_need(const TrainRecipe& recipe, const plan::PlanInput& input, std::int64_t ranks);

/// Usage error if training on batches like `batch` will not fit into memory, before a weight is
/// read. Sets compute.approved.
void require_room(TrainRecipe& recipe, const data::Batch& batch, std::int64_t ranks);

}  // namespace ecg_lora::tools
