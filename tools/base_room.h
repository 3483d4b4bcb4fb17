// The library's names, until all commands use them there.
#pragma once

#include "recipe.h"

namespace ecg_lora::tools {

using inference::resolve_dtype;
using inference::training_of;

inline plan::BaseLoad base_load(const ComputeConfig& compute, const std::string& model, bool cuda) {
  return inference::base_load({model, "", "auto", compute}, cuda);
}

inline void require_room(const std::string& command, ComputeConfig& compute,
                         const std::string& model, const std::string& adapter,
                         const plan::Prompts& prompts, const plan::Spelling& spelling = {}) {
  inference::ModelChoice choice{model, adapter, "auto", compute};
  compute.approved = inference::require_room(command, choice, prompts, spelling, compute.force);
  compute.dtype = choice.compute.dtype;
}

}  // namespace ecg_lora::tools
