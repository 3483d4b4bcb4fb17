#include <cmath>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/lora/lora.h"
#include "linears.h"
#include "targets.h"

namespace ecg_lora::lora {
namespace {

/// Uniform in +-sqrt(1 / in): kaiming_uniform_ with a = sqrt(5), as PEFT initialises A.
at::Tensor kaiming(std::int64_t rank, std::int64_t in, std::uint64_t seed, std::uint64_t module) {
  Random random{seed, module};
  auto a = at::empty({rank, in}, at::kFloat);
  const double bound = 1 / std::sqrt(static_cast<double>(in));
  auto* values = a.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < a.numel(); ++i) values[i] = static_cast<float>(random.uniform(-bound, bound));
  return a;
}

}  // namespace

std::map<std::string, nn::LinearImpl*> linears_of(const model::Mllama& model) {
  std::map<std::string, nn::LinearImpl*> result;
  for (const auto& item : model->named_modules())
    if (auto* linear = item.value()->as<nn::Linear>()) result[item.key()] = linear;
  return result;
}

InjectReport count(const model::ModelConfig& config, const LoraSpec& spec) {
  return make_report(config, find_targets(config, spec), spec.rank);
}

InjectReport inject(model::Mllama& model, const LoraSpec& spec, std::uint64_t seed) {
  const auto targets = find_targets(model->config(), spec);
  const auto linears = linears_of(model);
  const double scale = spec.alpha / static_cast<double>(spec.rank);
  std::uint64_t number = 0;
  for (const auto& target : targets) {
    auto* linear = linears.at(target.module);
    linear->set_adapter(kaiming(spec.rank, target.in, seed, number++), at::zeros({target.out, spec.rank}), scale,
                        spec.dropout);
  }
  return make_report(model->config(), targets, spec.rank);
}

InjectReport train_everything(model::Mllama& model) {
  InjectReport report;
  for (auto& item : model->named_parameters()) {
    auto parameter = item.value();
    report.total += parameter.numel();
    const bool frozen = item.key() == "language_model.lm_head.weight" ||
                        item.key() == "language_model.model.embed_tokens.weight";
    parameter.set_requires_grad(!frozen);
    if (frozen) continue;
    report.trainable += parameter.numel();
    report.modules.push_back(item.key());
  }
  report.table = cat("full-parameter training: ", report.trainable, " of ", report.total,
                     " parameters; lm_head and embed_tokens are frozen");
  return report;
}

std::vector<std::pair<std::string, at::Tensor>> trainable_parameters(const model::Mllama& model) {
  std::vector<std::pair<std::string, at::Tensor>> result;
  for (const auto& item : model->named_parameters())
    if (item.value().requires_grad()) result.emplace_back(item.key(), item.value());
  return result;
}

}  // namespace ecg_lora::lora
