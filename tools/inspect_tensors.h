// Every tensor of a checkpoint, one row each.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "inspect.h"

namespace ecg_lora::tools {

/// Of a folder with weights, each tensor's dtype, shape, norm and SHA-256, and the SHA-256 of each
/// file: all bytes are read. Of one with config.json or params.json alone, the names and shapes
/// that the weights must have.
Finding describe_tensors(const std::filesystem::path& folder);

}  // namespace ecg_lora::tools
