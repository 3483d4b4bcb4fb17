#include <algorithm>
#include <cmath>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/lora/targets.h"
#include "linears.h"

namespace ecg_lora::lora {
namespace {

/// Uniform in +-sqrt(1 / in), kaiming_uniform_ with a = sqrt(5), or normal with deviation 1 / rank:
/// as PEFT initialises A.
at::Tensor random_a(const Target& target, const std::string& init, Random random) {
  auto a = at::empty({target.rank, target.in}, at::kFloat);
  const double bound = 1 / std::sqrt(static_cast<double>(target.in)),
               deviation = 1 / static_cast<double>(target.rank);
  auto* values = a.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < a.numel(); ++i)
    values[i] = static_cast<float>(init == "gaussian" ? random.normal(0, deviation)
                                                      : random.uniform(-bound, bound));
  return a;
}

nn::Adapter first_adapter(const Target& target, const nn::LinearImpl& linear, const LoraSpec& spec,
                          std::uint64_t seed, std::uint64_t number) {
  const auto rank = static_cast<double>(target.rank);
  const double scale = target.alpha / (spec.rslora ? std::sqrt(rank) : rank);
  nn::Adapter adapter;
  if (spec.init == "pissa" || spec.init == "olora")
    adapter = decompose(linear.weight, spec.init, target.rank, scale);
  else
    adapter = {random_a(target, spec.init, Random{seed, number}),
               at::zeros({target.out, target.rank}),
               {},
               {},
               {},
               scale,
               0};
  adapter.dropout = spec.dropout;
  // B A is zero at the start, so that the norms are the weight's own.
  if (spec.dora)
    adapter.magnitude =
        at::linalg_vector_norm(linear.dense_weight(at::kFloat), 2, at::OptionalIntArrayRef({1}));
  return adapter;
}

}  // namespace

std::map<std::string, nn::LinearImpl*> linears_of(const model::Mllama& model) {
  std::map<std::string, nn::LinearImpl*> result;
  for (const auto& item : model->named_modules())
    if (auto* linear = item.value()->as<nn::Linear>()) result[item.key()] = linear;
  return result;
}

InjectReport count(const model::ModelConfig& config, const LoraSpec& spec) {
  return make_report(config, find_targets(config, spec));
}

bool needs_pages(const model::ModelConfig& config, const LoraSpec& spec) {
  const std::string text = "language_model.model.layers.";
  const auto& cross = config.text.cross_attention_layers;
  const auto modules = count(config, spec).modules;
  return std::none_of(modules.begin(), modules.end(), [&](const std::string& module) {
    if (module.rfind(text, 0) != 0) return false;
    const auto layer = std::stoll(module.substr(text.size()));
    return std::find(cross.begin(), cross.end(), layer) == cross.end();
  });
}

InjectReport inject(model::Mllama& model, const LoraSpec& spec, std::uint64_t seed) {
  const bool decomposed = spec.init == "pissa" || spec.init == "olora";
  if (spec.dora && decomposed)
    throw_usage("lora.dora with lora.init ", spec.init,
                " cannot be written as an adapter of the base as it is, which every tool loads; "
                "choose init kaiming or gaussian, or leave dora off");
  const auto targets = find_targets(model->config(), spec);
  const auto linears = linears_of(model);
  for (const auto& target : targets)
    if (decomposed && linears.at(target.module)->is_packed())
      throw_usage("lora.init ", spec.init,
                  " takes its factors out of the weight, which is not dense in ", target.module,
                  "; choose init kaiming or gaussian, or leave compute.base_quantisation at none "
                  "and loop.shard_weights off");
  Progress progress(decomposed ? "decomposing" : "injecting",
                    static_cast<std::int64_t>(targets.size()), "linears");
  std::uint64_t number = 0;
  for (const auto& target : targets) {
    auto* linear = linears.at(target.module);
    linear->set_adapter(first_adapter(target, *linear, spec, seed, number++));
    progress.advance();
  }
  return make_report(model->config(), targets);
}

InjectReport train_everything(model::Mllama& model) {
  if (model->quantisation().kind != nn::Quantisation::none)
    throw_usage("loop.trainable is full, but the base is quantised (",
                model::to_string(model->quantisation().kind),
                "), and codes cannot be trained; train adapters, or leave "
                "compute.base_quantisation at none");
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
