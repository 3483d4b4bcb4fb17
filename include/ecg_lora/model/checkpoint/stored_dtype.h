// The dtype that the weights of a checkpoint are stored in, and what `dtype auto` makes of it.
#pragma once

#include <c10/core/ScalarType.h>

#include <filesystem>
#include <string>

#include "ecg_lora/tensorio/checkpoint_tensors.h"

namespace ecg_lora::model {

/// "fp32", "bf16" or "fp16"; libtorch's name for another dtype.
std::string dtype_name(at::ScalarType dtype);

/// The dtype that holds most of the values of the floating-point weights, as the headers of the
/// files say; if two hold the same number, the wider. A folder without weights: the dtype that
/// config.json names, bf16 if it has params.json instead, else fp32. fp64 counts as
/// fp32, which is what it is computed in.
/// Checkpoint error if a file is damaged.
at::ScalarType stored_dtype(const std::filesystem::path& folder);
/// The same of a checkpoint that is open.
at::ScalarType stored_dtype(const tensorio::Checkpoint& checkpoint);

/// What is trained, if anything: an adapter on a frozen base, or the base itself.
enum class Trainable { none, adapter, full };

/// The dtype called `name`; usage error if there is none. "auto" takes stored_dtype(folder), with
/// two exceptions that take fp32: weights that are trained themselves, whose steps are smaller than
/// 16 bits can add, and any training on an fp16 checkpoint, since small gradients are 0 in fp16.
/// The log says what auto took.
at::ScalarType chosen_dtype(const std::string& name, const std::filesystem::path& folder,
                            Trainable trainable = Trainable::none);

}  // namespace ecg_lora::model
