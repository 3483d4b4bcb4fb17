// The folder of a run.
#pragma once

#include <filesystem>

#include "ecg_lora/base/json.h"

namespace ecg_lora::train {

/// Makes the folder `run`, with the resolved `config` in it, and opens its log. Usage error if it
/// exists and the run is not resumed, or the other way round. A resumed run whose config differs
/// from that it was started with goes on with a warning for each key that may change its result.
void open_run(const std::filesystem::path& run, const Json& config, bool resume);

}  // namespace ecg_lora::train
