// Adapters in PEFT's files.
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/lora/peft_config.h"
#include "ecg_lora/tensorio/safetensors.h"
#include "linears.h"
#include "targets.h"

namespace ecg_lora::lora {
namespace {

/// The minimal set of fields: older PEFT versions break on fields they do not know.
Json peft_json(const std::vector<std::string>& modules, const LoraSpec& spec, const std::string& base_name) {
  Json json;
  json["peft_type"] = "LORA";
  json["task_type"] = "CAUSAL_LM";
  json["base_model_name_or_path"] = base_name;
  json["revision"] = nullptr;
  json["inference_mode"] = true;
  json["r"] = spec.rank;
  json["lora_alpha"] = spec.alpha;
  json["lora_dropout"] = spec.dropout;
  json["bias"] = "none";
  json["target_modules"] = modules;
  json["exclude_modules"] = nullptr;
  json["modules_to_save"] = nullptr;
  json["rank_pattern"] = Json::object();
  json["alpha_pattern"] = Json::object();
  json["use_rslora"] = false;
  json["use_dora"] = false;
  json["init_lora_weights"] = true;
  json["fan_in_fan_out"] = false;
  json["layers_to_transform"] = nullptr;
  json["layers_pattern"] = nullptr;
  json["auto_mapping"] = nullptr;
  return json;
}

/// Module names as PEFT sees them in the loaded model; whole names, so that no suffix hits another tower.
std::vector<std::string> peft_targets(const model::Mllama& model) {
  std::vector<std::string> result;
  for (const auto& [module, linear] : linears_of(model)) {
    if (!linear->has_adapter()) continue;
    const auto name = adapter_name(module, 'A');
    const std::string prefix = "base_model.model.", suffix = ".lora_A.weight";
    result.push_back(name.substr(prefix.size(), name.size() - prefix.size() - suffix.size()));
  }
  return result;
}

struct Factors {
  at::Tensor a, b;
};

std::map<std::string, Factors> read_factors(const std::filesystem::path& file) {
  std::map<std::string, Factors> result;
  const tensorio::SafetensorsFile tensors(file);
  for (const auto& info : tensors.tensors()) {
    const auto name = parse_adapter_name(info.name);
    auto& factors = result[name.module];
    (name.part == 'A' ? factors.a : factors.b) = tensors.tensor(info.name).clone();
  }
  return result;
}

void check_factors(const std::string& module, const Factors& factors, const nn::LinearImpl& linear, std::int64_t rank,
                   const std::filesystem::path& folder) {
  if (!factors.a.defined() || !factors.b.defined())
    throw_checkpoint("adapter ", folder.string(), " has only ", factors.a.defined() ? "lora_A" : "lora_B", " of ", module,
                     ", expected both; the file is incomplete, export the adapter again");
  const std::vector<std::int64_t> a{rank, linear.weight.size(1)}, b{linear.weight.size(0), rank};
  if (factors.a.sizes() != at::IntArrayRef(a) || factors.b.sizes() != at::IntArrayRef(b))
    throw_checkpoint("adapter ", folder.string(), " was made for another base: ", module, " expects lora_A ",
                     at::IntArrayRef(a), " and lora_B ", at::IntArrayRef(b), ", got ", factors.a.sizes(), " and ",
                     factors.b.sizes(), "; use it with the base that its adapter_config.json names");
}

}  // namespace

std::vector<std::pair<std::string, at::Tensor>> adapter_tensors(const model::Mllama& model) {
  std::vector<std::pair<std::string, at::Tensor>> result;
  for (const auto& item : model->named_modules()) {
    auto* linear = item.value()->as<nn::Linear>();
    if (!linear || !linear->has_adapter()) continue;
    result.emplace_back(adapter_name(item.key(), 'A'), linear->lora_a());
    result.emplace_back(adapter_name(item.key(), 'B'), linear->lora_b());
  }
  return result;
}

void save_adapter(const std::filesystem::path& folder, const model::Mllama& model, const LoraSpec& spec,
                  const std::string& base_name) {
  std::filesystem::create_directories(folder);
  tensorio::NamedTensors tensors;
  for (const auto& [name, tensor] : adapter_tensors(model)) tensors.emplace_back(name, tensor.detach());
  tensorio::write_safetensors(folder / "adapter_model.safetensors", tensors);
  write_json(folder / "adapter_config.json", peft_json(peft_targets(model), spec, base_name));
}

void restore_adapter(const model::Mllama& model, const std::filesystem::path& folder) {
  const at::NoGradGuard guard;
  const tensorio::SafetensorsFile file(folder / "adapter_model.safetensors");
  for (auto& [name, tensor] : adapter_tensors(model)) {
    const auto stored = file.tensor(name);
    if (stored.sizes() != tensor.sizes())
      throw_checkpoint(file.path().string(), " has ", name, " of shape ", stored.sizes(), ", expected ", tensor.sizes(),
                       "; resume with the config that the run was started with");
    tensor.copy_(stored);
  }
}

InjectReport load_adapter(model::Mllama& model, const std::filesystem::path& folder) {
  const auto config = load_peft_config(folder);
  const auto factors = read_factors(folder / "adapter_model.safetensors");
  const auto linears = linears_of(model);
  std::vector<Target> targets;
  for (const auto& [module, pair] : factors) {
    const auto found = linears.find(module);
    if (found == linears.end())
      throw_checkpoint("adapter ", folder.string(), " has tensors for ", module,
                       ", which the base does not have; use it with the base that its adapter_config.json names");
    check_factors(module, pair, *found->second, config.rank, folder);
    found->second->set_adapter(pair.a, pair.b, config.scale(), config.dropout);
    const auto tower = module.rfind("vision_model.", 0) == 0 ? "vision" : module.rfind("language_model.", 0) == 0 ? "text" : "projector";
    targets.push_back({module, tower, module.substr(module.rfind('.') + 1), pair.a.size(1), pair.b.size(0)});
  }
  if (targets.empty())
    throw_checkpoint("adapter ", folder.string(), " holds no tensor, expected lora_A and lora_B of at least one linear; "
                     "export the adapter again");
  return make_report(model->config(), targets, config.rank);
}

}  // namespace ecg_lora::lora
