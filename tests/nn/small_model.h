// A committed small model with an adapter on every linear, and a batch of it.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "ecg_lora/inference/reference/reference_pass.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/train/loop/loss.h"

namespace ecg_lora::testing {

struct SmallModel {
  explicit SmallModel(const std::string& golden, at::ScalarType dtype = at::kFloat)
      : model(model::load_model(folder(golden) / "model", at::kCPU, dtype)) {
    lora::load_adapter(model, folder(golden) / "adapter");
    batch = inference::read_batch((folder(golden) / "in.safetensors").string(), model->config());
  }

  static std::filesystem::path folder(const std::string& golden) {
    return std::filesystem::path("tests/parity/golden") / golden;
  }

  /// Gradients of batch_loss() by name, summed over `batches` runs of it, and the loss itself under
  /// "loss".
  std::map<std::string, at::Tensor> gradients(int batches = 1) {
    const auto trained = lora::adapter_tensors(model);
    for (const auto& [name, tensor] : trained) tensor.mutable_grad() = at::Tensor();
    std::map<std::string, at::Tensor> result;
    for (int i = 0; i < batches; ++i) {
      const auto loss = train::batch_loss(model, batch);
      const auto mean = loss.sum / static_cast<double>(loss.tokens);
      mean.backward();
      result["loss"] = mean.detach();
    }
    for (const auto& [name, tensor] : trained)
      result[name] = tensor.grad().defined() ? tensor.grad() : at::zeros_like(tensor);
    return result;
  }

  /// Dropout on every adapter from here on, in training.
  void set_dropout(double probability) {
    for (const auto& item : model->named_modules())
      if (auto* linear = item.value()->as<nn::Linear>(); linear && linear->has_adapter()) {
        auto adapter = linear->adapter();
        adapter.dropout = probability;
        linear->set_adapter(adapter);
      }
    for (const auto& [name, tensor] : lora::adapter_tensors(model)) tensor.set_requires_grad(true);
    model->train();
  }

  model::Mllama model;
  data::Batch batch;
};

}  // namespace ecg_lora::testing
