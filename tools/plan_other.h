// The recipe of ecg-lora plan for commands that do not train.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/plan/room.h"
#include "eval_recipe.h"

namespace ecg_lora::tools {

/// What `ecg-lora plan` was asked about a command other than train.
struct OtherPlan {
  std::string command;  ///< eval, predict, merge or extract
  std::string model, tuned, dtype = "auto", base_quantisation = "none", device = "auto";
  std::vector<std::string> adapters;
  std::int64_t rank = 64;                                      ///< of extract
  std::int64_t images = 0, rows = 0, tokens = 0, answers = 0;  ///< 0: as usual for the command
  bool verify = false, json = false;
};

int run_plan(const EvalRecipe& recipe, OtherPlan options);
int run_plan(const OtherPlan& options);

/// Rows that all plans have: the base, a number of bytes, and the weights.
void print_base(const std::string& model, const ComputeConfig& compute);
void print_bytes(const std::string& name, std::int64_t bytes, const std::string& note = "");
void print_weights(const model::WeightBytes& weights);
Json weights_json(const model::WeightBytes& weights);

/// The process as a whole, and whether it fits on this machine now.
Json process_json(const plan::Need& need, const plan::Room& room);
void print_process(const plan::Need& need, const plan::Room& room);

}  // namespace ecg_lora::tools
