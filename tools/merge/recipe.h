// The recipe of ecg-lora merge: merge, report, check, model card.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/lora/merge.h"

namespace ecg_lora::tools {

struct MergeRecipe {
  std::string base, out, report, scores;
  std::vector<std::string> adapters;
  std::vector<double> weights;  ///< one per adapter, or none
  lora::MergeOptions options;
  std::string vision_states = "auto";   ///< of the base
  std::string target = "transformers";  ///< whose form config.json has; or meta
  bool verify = false;
  bool force = false;  ///< go on although it will not fit into memory
  int threads = 0;
};

int run_merge(MergeRecipe& recipe);

}  // namespace ecg_lora::tools
