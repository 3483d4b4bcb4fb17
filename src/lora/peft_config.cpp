#include "ecg_lora/lora/peft_config.h"

#include <cmath>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/model/table.h"

namespace ecg_lora::lora {
namespace {

/// Fields that change nothing about the adapter's arithmetic, whatever they hold.
const std::set<std::string> ignored = {
    "peft_type", "task_type", "base_model_name_or_path", "revision", "inference_mode", "target_modules", "exclude_modules",
    "init_lora_weights", "layers_to_transform", "layers_pattern", "auto_mapping", "peft_version", "runtime_config",
    "ephemeral_gpu_offload", "lora_bias", "megatron_core", "eva_config", "corda_config", "loftq_config", "lora_ga_config", "qalora_group_size",
    "r", "lora_alpha", "lora_dropout", "use_rslora"};

bool neutral(const Json& value) {
  return value.is_null() || value == false || value == "none" || ((value.is_object() || value.is_array()) && value.empty());
}

template <class T>
T field(const Json& json, const char* key, const std::string& origin) {
  try {
    return json.at(key).get<T>();
  } catch (const nlohmann::json::exception&) {
    throw_checkpoint(origin, " has no ", key, " of the right type, expected PEFT's adapter_config.json; export the adapter again");
  }
}

}  // namespace

double PeftConfig::scale() const {
  return use_rslora ? alpha / std::sqrt(static_cast<double>(rank)) : alpha / static_cast<double>(rank);
}

PeftConfig load_peft_config(const std::filesystem::path& folder) {
  const auto path = folder / "adapter_config.json";
  if (!std::filesystem::exists(path))
    throw_checkpoint("no adapter_config.json in ", folder.string(), ", expected a PEFT adapter folder; name one");
  const Json json = read_json(path, ExitCode::checkpoint);
  const auto origin = path.string();
  if (!json.is_object() || json.value("peft_type", "") != "LORA")
    throw_checkpoint(origin, " is not of peft_type LORA; only LoRA adapters can be used");
  for (const auto& [key, value] : json.items())
    if (!ignored.count(key) && !neutral(value))
      throw_checkpoint(origin, " sets ", key, " to ", value.dump(), ", which is not supported; export an adapter without it");
  PeftConfig config;
  config.rank = field<std::int64_t>(json, "r", origin);
  config.alpha = field<double>(json, "lora_alpha", origin);
  config.dropout = json.contains("lora_dropout") ? field<double>(json, "lora_dropout", origin) : 0;
  config.use_rslora = json.contains("use_rslora") && field<bool>(json, "use_rslora", origin);
  if (json.contains("base_model_name_or_path") && json["base_model_name_or_path"].is_string())
    config.base_model = json["base_model_name_or_path"].get<std::string>();
  if (config.rank <= 0) throw_checkpoint(origin, " has r ", config.rank, ", expected a positive rank; export the adapter again");
  return config;
}

AdapterName parse_adapter_name(const std::string& name) {
  const std::string prefix = "base_model.model.";
  for (const char part : {'A', 'B'}) {
    const std::string suffix = std::string(".lora_") + part + ".weight";
    if (name.rfind(prefix, 0) != 0 || name.size() <= prefix.size() + suffix.size() ||
        name.compare(name.size() - suffix.size(), suffix.size(), suffix) != 0)
      continue;
    const auto module = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    const auto disk = model::disk_name(module + ".weight");
    return {disk.substr(0, disk.size() - std::string(".weight").size()), part};
  }
  throw_checkpoint("adapter tensor ", name, " is not supported, expected names that end in .lora_A.weight or .lora_B.weight; "
                   "only plain LoRA on linear layers can be used");
}

std::string adapter_name(const std::string& module, char part) {
  const std::string text = "language_model.model.";
  const auto name = module.rfind(text, 0) == 0 ? "model.language_model." + module.substr(text.size()) : "model." + module;
  return "base_model.model." + name + ".lora_" + part + ".weight";
}

}  // namespace ecg_lora::lora
