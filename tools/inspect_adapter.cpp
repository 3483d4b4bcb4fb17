// Adapter folders: what they target, and whether they fit a base.
#include <map>

#include "ecg_lora/lora/peft_config.h"
#include "ecg_lora/model/config.h"
#include "ecg_lora/model/table.h"
#include "ecg_lora/tensorio/safetensors.h"
#include "inspect.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

using Shape = std::vector<std::int64_t>;
using Factors = std::map<std::string, std::map<char, Shape>>;  ///< module, then 'A' or 'B'

Factors read_shapes(const tensorio::SafetensorsFile& file) {
  Factors result;
  for (const auto& info : file.tensors()) {
    const auto name = lora::parse_adapter_name(info.name);
    result[name.module][name.part] = info.shape;
  }
  return result;
}

/// What of the adapter itself is wrong: both factors of each module, each of the rank.
void check(const Factors& factors, std::int64_t rank, const fs::path& folder) {
  if (factors.empty()) throw_checkpoint("adapter ", folder.string(), " holds no tensor, expected lora_A and lora_B of at least one linear; export the adapter again");
  for (const auto& [module, parts] : factors) {
    if (parts.size() != 2)
      throw_checkpoint("adapter ", folder.string(), " holds only lora_", parts.begin()->first, " of ", module, ", expected lora_A and lora_B; export the adapter again");
    const auto &a = parts.at('A'), &b = parts.at('B');
    if (a.size() != 2 || b.size() != 2 || a[0] != rank || b[1] != rank)
      throw_checkpoint("adapter ", folder.string(), " has ", module, " with lora_A ", Json(a).dump(), " and lora_B ", Json(b).dump(), ", expected rank ", rank,
                       " as its adapter_config.json says; export the adapter again");
  }
}

std::string tower_of(const std::string& module) {
  if (module.rfind("vision_model.", 0) == 0) return "vision";
  return module.rfind("language_model.", 0) == 0 ? "text" : "projector";
}

Json describe_targets(const Factors& factors) {
  std::map<std::pair<std::string, std::string>, std::pair<std::int64_t, std::int64_t>> lines;
  for (const auto& [module, parts] : factors) {
    auto& line = lines[{tower_of(module), module.substr(module.rfind('.') + 1)}];
    ++line.first;
    line.second += parts.at('A')[0] * parts.at('A')[1] + parts.at('B')[0] * parts.at('B')[1];
  }
  Json rows = Json::array();
  for (const auto& [key, line] : lines) rows.push_back({{"tower", key.first}, {"linear", key.second}, {"modules", line.first}, {"parameters", line.second}});
  return rows;
}

/// Reasons why the factors cannot be added to the linears of a shape; empty where they can.
Json reasons(const Factors& factors, const model::ModelConfig& base) {
  std::map<std::string, Shape> weights;
  for (const auto& spec : model::tensor_table(base)) weights[spec.name] = spec.shape;
  Json result = Json::array();
  for (const auto& [module, parts] : factors) {
    const auto found = weights.find(module + ".weight");
    if (found == weights.end()) {
      result.push_back(module + " is not in the base");
      continue;
    }
    const Shape adapted{parts.at('B')[0], parts.at('A')[1]};
    if (found->second != adapted) result.push_back(cat(module, " is ", Json(found->second).dump(), " in the base, but the adapter is for ", Json(adapted).dump()));
  }
  return result;
}

}  // namespace

Finding describe_adapter(const fs::path& folder, const fs::path& base) {
  const auto config = lora::load_peft_config(folder);
  const tensorio::SafetensorsFile file(folder / "adapter_model.safetensors");
  const auto factors = read_shapes(file);
  check(factors, config.rank, folder);
  const auto targets = describe_targets(factors);
  std::int64_t parameters = 0;
  for (const auto& row : targets) parameters += row["parameters"].get<std::int64_t>();

  Finding finding;
  finding.description = {{"kind", "LoRA adapter (PEFT)"}, {"path", folder.string()}, {"base", config.base_model.empty() ? Json() : Json(config.base_model)},
                         {"rank", config.rank}, {"alpha", config.alpha}, {"scale", config.scale()}, {"dropout", config.dropout},
                         {"modules", factors.size()}, {"parameters", parameters}, {"bytes", fs::file_size(file.path())}, {"targets", targets}};
  if (base.empty()) return finding;
  const auto why = reasons(factors, model::load_model_config(base));
  finding.description["fit"] = {{"base", base.string()}, {"fits", why.empty()}, {"why_not", why}};
  if (why.empty()) return finding;
  finding.code = ExitCode::checkpoint;
  finding.problem = cat("adapter ", folder.string(), " does not fit ", base.string(), " (", first_few(why), "); use it with the base that it was made for",
                        config.base_model.empty() ? "" : ", " + config.base_model);
  return finding;
}

}  // namespace ecg_lora::tools
