// Adapters to PEFT's files.
#include <cmath>

#include "ecg_lora/base/json.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/lora/lora.h"

namespace ecg_lora::lora {
namespace {

/// Rank and alpha that give a module's scale.
std::pair<std::int64_t, double> size_of(const nn::Adapter& adapter, bool rslora) {
  const auto rank = adapter.a.size(0);
  const auto r = static_cast<double>(rank);
  return {rank, adapter.scale * (rslora ? std::sqrt(r) : r)};
}

/// rank_pattern and alpha_pattern: whole names of the modules that differ from the first.
void write_sizes(Json& json, const NamedAdapters& adapters, const LoraSpec& spec, Naming naming) {
  const auto usual = size_of(adapters.front().second, spec.rslora);
  json["r"] = usual.first;
  json["lora_alpha"] = usual.second;
  json["rank_pattern"] = Json::object();
  json["alpha_pattern"] = Json::object();
  for (const auto& [module, adapter] : adapters) {
    const auto [rank, alpha] = size_of(adapter, spec.rslora);
    const auto name = peft_module_name(module, naming);
    if (rank != usual.first) json["rank_pattern"][name] = rank;
    if (std::abs(alpha - usual.second) > 1e-9 * usual.second) json["alpha_pattern"][name] = alpha;
  }
}

/// The minimal set of fields: older PEFT versions break on fields they do not know. Targets are
/// whole names, so that no suffix hits another tower.
Json peft_json(const NamedAdapters& adapters, const LoraSpec& spec, const std::string& base_name) {
  const auto naming = parse_naming(spec.peft_naming);
  Json json;
  json["peft_type"] = "LORA";
  json["task_type"] = "CAUSAL_LM";
  json["base_model_name_or_path"] = base_name;
  json["revision"] = nullptr;
  json["inference_mode"] = true;
  write_sizes(json, adapters, spec, naming);
  json["lora_dropout"] = spec.dropout;
  json["bias"] = "none";
  json["target_modules"] = Json::array();
  for (const auto& [module, adapter] : adapters)
    json["target_modules"].push_back(peft_module_name(module, naming));
  json["exclude_modules"] = nullptr;
  json["modules_to_save"] = nullptr;
  json["use_rslora"] = spec.rslora;
  json["use_dora"] = spec.dora;
  json["init_lora_weights"] = true;
  json["fan_in_fan_out"] = false;
  json["layers_to_transform"] = nullptr;
  json["layers_pattern"] = nullptr;
  json["auto_mapping"] = nullptr;
  return json;
}

}  // namespace

void write_adapter(const std::filesystem::path& folder, const NamedAdapters& adapters,
                   const LoraSpec& spec, const std::string& base_name, const BaseInTraining& base) {
  std::filesystem::create_directories(folder);
  const auto naming = parse_naming(spec.peft_naming);
  tensorio::NamedTensors tensors;
  for (const auto& [module, adapter] : adapters) {
    tensors.emplace_back(adapter_name(module, 'A', naming), adapter.a.detach());
    tensors.emplace_back(adapter_name(module, 'B', naming), adapter.b.detach());
    if (adapter.magnitude.defined())
      tensors.emplace_back(adapter_name(module, 'M', naming), adapter.magnitude.detach());
  }
  std::map<std::string, std::string> metadata{{"format", "pt"}};
  if (base.quantisation != nn::Quantisation::none)
    metadata["base_quantisation"] = model::to_string(base.quantisation);
  metadata[model::kVisionStates] = to_string(base.kept.states);
  metadata[model::kStateLayers] = Json(base.kept.layers).dump();
  tensorio::write_safetensors(folder / "adapter_model.safetensors", tensors, metadata);
  write_json(folder / "adapter_config.json", peft_json(adapters, spec, base_name));
}

}  // namespace ecg_lora::lora
