// Random weights that two programs draw alike, so that neither reads a file of many gigabytes.
#pragma once

#include <filesystem>

#include "ecg_lora/model/mllama/mllama.h"

namespace ecg_lora::bench {

/// The model of `folder`/config.json. Its tensors are drawn on `device` in the order of their names
/// on disk, the i-th from seed i: 0.02 times a normal number, added to 1 for the weights of norms.
/// peer.py does the same with the same libtorch.
model::Mllama random_model(const std::filesystem::path& folder, at::Device device,
                           at::ScalarType dtype);

}  // namespace ecg_lora::bench
