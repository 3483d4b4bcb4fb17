// What a training run writes of its model: into checkpoints and back, and at its end.
#pragma once

#include "ecg_lora/train/trainer.h"
#include "train_recipe.h"

namespace ecg_lora::tools {

/// How trained tensors go into checkpoints and come back.
void set_storage(train::TrainJob& job, const TrainRecipe& recipe);

/// Writes the adapter (with a card) or the model into the run folder, with what the run cost, and
/// returns where.
std::string write_result(const model::Mllama& model, const TrainRecipe& recipe,
                         const cost::Record& cost);

}  // namespace ecg_lora::tools
