// adapter_config.json, and the names that PEFT gives to tensors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/base/json.h"

namespace ecg_lora::lora {

/// How module names are written: as transformers from 4.52 has them
/// ("model.language_model.layers…"), or as before
/// ("language_model.model.layers…").
enum class Naming { current, old };
/// "new" or "old"; usage error otherwise.
Naming parse_naming(const std::string& name);

/// target_modules or exclude_modules: names or suffixes of names, or one regular expression over
/// whole names.
struct ModuleFilter {
  std::vector<std::string> names;
  std::string regex;  ///< Python's syntax as far as ECMAScript shares it
  bool empty() const { return names.empty() && regex.empty(); }
  /// Whether it names the module of that PEFT name. Checkpoint error if `regex` is no expression.
  bool matches(const std::string& module) const;
};

/// The fields of adapter_config.json that this program acts on; load_peft_config() refuses any
/// other field whose value is not its neutral one, by name.
struct PeftConfig {
  std::int64_t rank = 0;
  double alpha = 0, dropout = 0;
  bool use_rslora = false, use_dora = false;
  /// pissa or olora: the first factors are taken out of the base; anything else leaves it whole.
  std::string init = "default";
  /// Regular expression over the end of a module's name, and the value of those that match.
  std::vector<std::pair<std::string, double>> rank_pattern, alpha_pattern;
  ModuleFilter target_modules, exclude_modules;
  std::vector<std::int64_t> layers_to_transform;  ///< empty: all
  std::vector<std::string> layers_pattern;        ///< names of the list of layers in module names
  std::string base_model;                         ///< base_model_name_or_path

  /// Of a module by its PEFT name, as PEFT's get_pattern_key has it.
  std::int64_t rank_of(const std::string& module) const;
  double alpha_of(const std::string& module) const;
  double scale_of(const std::string& module) const;  ///< alpha / R, or alpha / sqrt(R) with rsLoRA
  /// Whether PEFT would adapt a linear of that name (check_target_module_exists).
  bool targets(const std::string& module) const;
};

/// Reads adapter_config.json of `folder`. Checkpoint error if it is missing, damaged, not of LoRA,
/// or asks for what is not supported.
PeftConfig load_peft_config(const std::filesystem::path& folder);

/// The name of an adapter tensor, taken apart.
struct AdapterName {
  /// Name on disk, for example "language_model.model.layers.0.self_attn.q_proj".
  std::string module;
  std::string peft_module;  ///< as in the file, without "base_model.model."
  char part;                ///< 'A', 'B', or 'M' for the magnitude
};
/// Of either naming. Checkpoint error for any other name.
AdapterName parse_adapter_name(const std::string& name);

/// A module's name as PEFT has it, without "base_model.model.".
std::string peft_module_name(const std::string& module, Naming naming = Naming::current);
/// "base_model.model.<module>.lora_A.weight"; part as in AdapterName.
std::string adapter_name(const std::string& module, char part, Naming naming = Naming::current);

}  // namespace ecg_lora::lora
