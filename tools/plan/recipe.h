// The recipe of ecg-lora plan: a command, its model and its batches to bytes.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/plan/inference/memory_check.h"
#include "ecg_lora/plan/training/training_plan.h"
#include "train/recipe.h"

namespace ecg_lora::tools {

struct PlanRecipe {
  std::string config;             ///< of train or eval
  std::vector<std::string> sets;  ///< fields that differ from it
  std::string command;     ///< train, eval, predict, merge or extract; empty: as `config` says
  plan::BatchShape batch;  ///< 0 where data or what is usual for the command tell
  std::int64_t images = 0, max_new_tokens = 0;  ///< of eval and predict; 0: as usual
  bool json = false;

  double device_memory = 0;  ///< of training: GB; 0: none was named
  double reserve = 0.08;     ///< share of it
  double tflops = 0;         ///< that the device does; 0: not named

  /// Of predict, merge and extract.
  std::string model, tuned, dtype = "auto", base_quantisation = "none", device = "auto";
  std::vector<std::string> adapters;
  std::int64_t rank = 64;
  bool verify = false;
};

int run_plan(PlanRecipe recipe);

/// Of a training run.
int print_training_plan(TrainRecipe training, const PlanRecipe& recipe);

}  // namespace ecg_lora::tools
