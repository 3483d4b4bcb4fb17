// The recipe of ecg-lora inspect: a path, and what it is held against.
#pragma once

#include <string>

#include "ecg_lora/inspection/describe.h"

namespace ecg_lora::tools {

struct InspectRecipe {
  std::string path, vision_states = "auto";
  bool json = false, tensors = false;
  inspection::Checks checks;
};

/// Prints the description; the exit code is that of what is wrong with the thing described.
int run_inspect(InspectRecipe recipe);

}  // namespace ecg_lora::tools
