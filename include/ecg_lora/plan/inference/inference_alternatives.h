// Other settings under which answering needs less memory.
#pragma once

#include <vector>

#include "ecg_lora/plan/inference/inference_plan.h"
#include "ecg_lora/plan/inference/memory_check.h"

namespace ecg_lora::plan {

/// Which settings a command accepts, and how they are written.
struct AcceptedSettings {
  bool config = true;     ///< --set compute.dtype=bf16; else --dtype bf16
  bool quantises = true;  ///< it can quantise the base
  bool batches = true;    ///< it has batch.images
};

/// What answering needs.
RequiredMemory inference_memory(const BaseLoad& load, const InferenceInput& input);

/// bf16, NF4, both, and each with one image per batch, as far as they differ from `input`; in the
/// order of what they cost in accuracy and speed.
std::vector<Alternative> inference_alternatives(const BaseLoad& load, const InferenceInput& input,
                                                const AcceptedSettings& accepted);

}  // namespace ecg_lora::plan
