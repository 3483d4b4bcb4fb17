// Whether weights are numbers: with NaN or infinity in a file, every result is silently wrong.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <string>

namespace ecg_lora::tensorio {

/// Whether no element of `tensor`, of any shape and dtype, is NaN or infinite. Takes memory for a
/// copy only if it is not contiguous.
bool all_finite(const at::Tensor& tensor);

/// Checkpoint error that names the file or folder and the tensor if it does not hold
/// floating-point numbers.
void require_floating(const at::Tensor& tensor, const std::string& name,
                      const std::filesystem::path& origin);

/// Checkpoint error that names the file or folder and the tensor if it does not hold floating-point
/// numbers, or one of them is not finite.
void require_weights(const at::Tensor& tensor, const std::string& name,
                     const std::filesystem::path& origin);

}  // namespace ecg_lora::tensorio
