// The run folder of ecg-lora train.
#pragma once

#include "train_recipe.h"

namespace ecg_lora::tools {

/// The run folder, with the resolved config in it, and a log. Usage error where it exists and the
/// run is not resumed, or the other way round. A resumed run whose config differs from that it was
/// started with goes on with a warning for each key that may change its result.
void open_run(const TrainRecipe& recipe, bool resume);

}  // namespace ecg_lora::tools
