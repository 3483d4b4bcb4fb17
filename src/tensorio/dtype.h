// Names of dtypes in safetensors headers.
#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <string>

namespace ecg_lora::tensorio {

std::optional<at::ScalarType> dtype_of(const std::string& name);
/// Checkpoint error for a dtype that the format has no name for.
std::string name_of(at::ScalarType dtype);

}  // namespace ecg_lora::tensorio
