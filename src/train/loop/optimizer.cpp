#include "ecg_lora/train/loop/optimizer.h"

#include <cmath>

#include "ecg_lora/base/error.h"

namespace ecg_lora::train {
namespace {

/// LoRA+ speeds up B; PEFT's create_loraplus_optimizer counts vectors, such as DoRA's magnitude,
/// with it.
bool is_fast(const std::string& name, const at::Tensor& parameter) {
  return name.find(".lora_B.") != std::string::npos ||
         (parameter.dim() == 1 && name.find(".lora_") != std::string::npos);
}

}  // namespace

AdamW::AdamW(std::vector<std::pair<std::string, at::Tensor>> parameters,
             const OptimizerConfig& config)
    : config_(config) {
  for (auto& [name, parameter] : parameters)
    slots_.push_back({name, parameter, at::zeros_like(parameter, at::kFloat),
                      at::zeros_like(parameter, at::kFloat),
                      at::zeros({}, parameter.options().dtype(at::kFloat).requires_grad(false)),
                      is_fast(name, parameter)});
  for (auto& slot : slots_) {
    slot.exp_avg = slot.exp_avg.detach();
    slot.exp_avg_sq = slot.exp_avg_sq.detach();
  }
}

void AdamW::zero_grad() {
  for (auto& slot : slots_) slot.parameter.mutable_grad() = at::Tensor();
}

double AdamW::clip() {
  const at::NoGradGuard guard;
  std::vector<at::Tensor> gradients;
  for (const auto& slot : slots_)
    if (slot.parameter.grad().defined()) gradients.push_back(slot.parameter.grad());
  if (gradients.empty()) return 0;
  const double norm = at::stack(at::_foreach_norm(gradients, 2, at::kFloat)).norm().item<double>();
  if (config_.clip > 0 && norm > config_.clip)
    at::_foreach_mul_(gradients, config_.clip / (norm + 1e-6));
  return norm;
}

void AdamW::step(double lr) {
  step_slots(false, lr);
  step_slots(true, lr * config_.lora_plus_ratio);
}

void AdamW::step_slots(bool fast, double lr) {
  const at::NoGradGuard guard;
  std::vector<at::Tensor> parameters, gradients, averages, squares, steps;
  for (auto& slot : slots_) {
    if (slot.fast != fast || !slot.parameter.grad().defined()) continue;
    slot.step.add_(1);
    parameters.push_back(slot.parameter);
    gradients.push_back(slot.parameter.grad());
    averages.push_back(slot.exp_avg);
    squares.push_back(slot.exp_avg_sq);
    steps.push_back(slot.step);
  }
  if (parameters.empty()) return;
  at::_fused_adamw_(parameters, gradients, averages, squares, /*max_exp_avg_sqs=*/{}, steps, lr,
                    config_.beta1, config_.beta2, config_.weight_decay, config_.eps,
                    /*amsgrad=*/false, /*maximize=*/false);
}

tensorio::NamedTensors AdamW::state() const {
  tensorio::NamedTensors result;
  for (const auto& slot : slots_) {
    result.emplace_back(slot.name + ".exp_avg", slot.exp_avg);
    result.emplace_back(slot.name + ".exp_avg_sq", slot.exp_avg_sq);
    result.emplace_back(slot.name + ".step", slot.step);
  }
  return result;
}

void AdamW::load_state(const tensorio::SafetensorsFile& file) {
  const auto load = [&](const std::string& name, at::Tensor& place) {
    const auto stored = file.tensor(name);
    if (stored.sizes() != place.sizes())
      throw_checkpoint("optimizer state ", file.path().string(), " has ", name, " of shape ",
                       stored.sizes(), ", expected ", place.sizes(),
                       "; resume with the config that the run was started with");
    place.copy_(stored);
  };
  for (auto& slot : slots_) {
    load(slot.name + ".exp_avg", slot.exp_avg);
    load(slot.name + ".exp_avg_sq", slot.exp_avg_sq);
    load(slot.name + ".step", slot.step);
  }
}

}  // namespace ecg_lora::train
