// The dtype that the weights of a checkpoint are stored in, and what `dtype auto` makes of it.
#pragma once

#include <c10/core/ScalarType.h>

#include <filesystem>
#include <string>

#include "ecg_lora/tensorio/checkpoint.h"

namespace ecg_lora::model {

/// "fp32", "bf16" or "fp16"; libtorch's name for another dtype.
std::string dtype_name(at::ScalarType dtype);

/// The dtype that holds most of the values of the floating-point weights, as the headers of the
/// files say; if two hold the same number, the wider. A folder without weights: the dtype that
/// config.json names, bf16 if params.json stands there in its place, else fp32. fp64 counts as
/// fp32, which is what it is computed in.
at::ScalarType stored_dtype(const std::filesystem::path& folder);
at::ScalarType stored_dtype(const tensorio::Checkpoint& checkpoint);

/// The dtype called `name`; for "auto" stored_dtype(folder), which the log then says. Usage error
/// for other names.
at::ScalarType chosen_dtype(const std::string& name, const std::filesystem::path& folder);

}  // namespace ecg_lora::model
