// What is shown the outputs of a model's parts.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <string>

namespace ecg_lora::model {

/// Called with the name on disk of a part, for example "language_model.model.layers.3", and its
/// output [..., D].
using OutputObserver = std::function<void(const std::string& part, const at::Tensor& output)>;

}  // namespace ecg_lora::model
