#include "ecg_lora/train/loop/storage.h"

#include "ecg_lora/tensorio/checkpoint_tensors.h"
#include "ecg_lora/tensorio/safetensors.h"

namespace ecg_lora::train {

Storage adapter_storage(const model::Mllama& model, const lora::LoraSpec& spec,
                        const std::string& base) {
  return {[model, spec, base](const std::filesystem::path& folder) {
            lora::save_adapter(folder, model, spec, base);
          },
          [model](const std::filesystem::path& folder) { lora::restore_adapter(model, folder); }};
}

Storage parameter_storage(const model::Mllama& model) {
  return {[model](const std::filesystem::path& folder) {
            tensorio::NamedTensors tensors;
            for (const auto& [name, tensor] : lora::trainable_parameters(model))
              tensors.emplace_back(name, tensor.detach());
            tensorio::write_safetensors(folder / "model.safetensors", tensors);
          },
          [model](const std::filesystem::path& folder) {
            const at::NoGradGuard guard;
            const tensorio::SafetensorsFile file(folder / "model.safetensors");
            for (auto& [name, tensor] : lora::trainable_parameters(model))
              tensor.copy_(file.tensor(name));
          }};
}

}  // namespace ecg_lora::train
