// The recipe of ecg-lora plan: a config and the shape of its batches to bytes.
#pragma once

#include "ecg_lora/plan/memory.h"
#include "train/recipe.h"

namespace ecg_lora::tools {

struct PlanOptions {
  double device_memory = 0;  ///< GB; 0: none was named
  double reserve = 0.08;     ///< share of it
  plan::BatchShape batch;    ///< 0 where the data tell
  double tflops = 0;
  bool json = false;
};

int run_plan(const TrainRecipe& recipe, const PlanOptions& options);

}  // namespace ecg_lora::tools
