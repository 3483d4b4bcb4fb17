// How trained tensors go into checkpoints and come back.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/mllama/mllama.h"

namespace ecg_lora::train {

/// Both take a folder of a checkpoint. `load` copies into the parameters that the model has, so
/// that an optimizer that holds them goes on.
struct Storage {
  std::function<void(const std::filesystem::path&)> save, load;
};

/// As a PEFT adapter of `base`. `load` is a checkpoint error if the file does not fit the model.
Storage adapter_storage(const model::Mllama& model, const lora::LoraSpec& spec,
                        const std::string& base);

/// Every trainable parameter, in the dtype in which it is trained, as model.safetensors. `load` is
/// a checkpoint error if one is missing.
Storage parameter_storage(const model::Mllama& model);

}  // namespace ecg_lora::train
