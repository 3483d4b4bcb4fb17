// What ecg-lora train measures of its own cost.
#pragma once

#include "ecg_lora/train/trainer.h"
#include "train_recipe.h"

namespace ecg_lora::tools {

/// Lets `job.cost` count the arithmetic of batches, and plan what other settings would cost.
void count_arithmetic(const train::TrainJob& job, const TrainRecipe& recipe);

/// Says in the log what the run cost.
void log_cost(const cost::Record& record);

}  // namespace ecg_lora::tools
