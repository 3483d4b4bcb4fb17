// The recipe of ecg-lora-parity: a model, the tensors that it is given, and what is written.
#pragma once

#include <string>

#include "ecg_lora/inference/loading/load.h"
#include "ecg_lora/train/loop/training_config.h"

namespace ecg_lora::tools {

struct ParityRecipe {
  inference::ModelChoice model;
  std::string inputs, out;
  bool force = false;  ///< go on although it will not fit into memory
  std::int64_t steps = 0;
  train::OptimizerConfig optimizer;  ///< of the steps
};

int run_parity(ParityRecipe& recipe);

}  // namespace ecg_lora::tools
