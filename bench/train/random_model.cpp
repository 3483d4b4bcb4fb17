#include "random_model.h"

#include <algorithm>

namespace ecg_lora::bench {

model::Mllama random_model(const std::filesystem::path& folder, at::Device device,
                           at::ScalarType dtype) {
  model::Mllama model(model::load_model_config(folder),
                      at::TensorOptions().device(device).dtype(dtype));
  auto tensors = model::disk_tensors(model);
  std::sort(tensors.begin(), tensors.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  const at::NoGradGuard guard;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    auto& [name, tensor] = tensors[i];
    torch::manual_seed(i);
    tensor.normal_(name.find("norm") != std::string::npos && name.ends_with(".weight") ? 1 : 0,
                   0.02);
  }
  return model;
}

}  // namespace ecg_lora::bench
