// What the trainer says of a step.
#pragma once

#include <c10/core/Device.h>

#include <string>
#include <vector>

#include "ecg_lora/base/memory.h"
#include "ecg_lora/train/loop/step_result.h"

namespace ecg_lora::train {

/// Bytes that tensors take on an accelerator, or that the process takes on a CPU.
MemoryUse memory_use(at::Device device);

/// "loss 0.4132, lr 1.0e-04, norm 0.83, 12.1 samples/s, 913 tokens/s, 3 % waiting, 812 MiB".
std::string note(const StepResult& result, at::Device device = at::kCPU);

/// "12, 15, 20", each once, and how many more.
std::string id_list(const std::vector<std::int64_t>& ids);

}  // namespace ecg_lora::train
