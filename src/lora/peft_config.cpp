#include "ecg_lora/lora/peft_config.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/model/shape/table.h"
#include "expression.h"

namespace ecg_lora::lora {
namespace {

/// Fields that change nothing about the arithmetic of an adapter whose tensors are given, and those
/// that load_peft_config reads.
const std::set<std::string> kKnown = {"peft_type",
                                      "task_type",
                                      "base_model_name_or_path",
                                      "revision",
                                      "inference_mode",
                                      "auto_mapping",
                                      "peft_version",
                                      "runtime_config",
                                      "ephemeral_gpu_offload",
                                      "megatron_core",
                                      "loftq_config",
                                      "eva_config",
                                      "qalora_group_size",
                                      "r",
                                      "lora_alpha",
                                      "lora_dropout",
                                      "use_rslora",
                                      "use_dora",
                                      "init_lora_weights",
                                      "rank_pattern",
                                      "alpha_pattern",
                                      "target_modules",
                                      "exclude_modules",
                                      "layers_to_transform",
                                      "layers_pattern"};
/// Ways to start that leave the base as it is.
const std::set<std::string> kWholeInits = {"gaussian", "eva", "orthogonal"};

constexpr double kMaxRank = 1 << 20, most_alpha = 1e9;  ///< beyond any adapter, within float32

bool neutral(const Json& value) {
  return value.is_null() || value == false || value == "none" ||
         ((value.is_object() || value.is_array()) && value.empty());
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// A name, in which a dot stands for any character as in an expression.
bool is_plain(const std::string& key) {
  return std::all_of(key.begin(), key.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '.'; });
}

/// Reads fields of one adapter_config.json.
struct Reader {
  const Json& json;
  std::string origin;

  [[noreturn]] void wrong(const char* key) const {
    throw_checkpoint(
        origin, " has no ", key,
        " of the right type, expected PEFT's adapter_config.json; export the adapter again");
  }
  bool has(const char* key) const { return json.contains(key) && !json.at(key).is_null(); }

  template <class T>
  T get(const char* key) const {
    try {
      if constexpr (std::is_same_v<T, std::int64_t>)
        if (!json.at(key).is_number_integer()) wrong(key);  // get() would cut off a fraction
      return json.at(key).get<T>();
    } catch (const nlohmann::json::exception&) {
      wrong(key);
    }
  }
  template <class T>
  T get(const char* key, T otherwise) const {
    return has(key) ? get<T>(key) : otherwise;
  }
  /// A scalar or a list of them.
  template <class T>
  std::vector<T> list(const char* key) const {
    if (!has(key)) return {};
    if (!json.at(key).is_array()) return {get<T>(key)};
    if constexpr (std::is_same_v<T, std::int64_t>)
      for (const auto& item : json.at(key))
        if (!item.is_number_integer()) wrong(key);
    return get<std::vector<T>>(key);
  }
  ModuleFilter filter(const char* key) const {
    if (!has(key)) return {};
    if (json.at(key).is_string()) return {{}, get<std::string>(key)};
    return {get<std::vector<std::string>>(key), ""};
  }
  std::vector<std::pair<std::string, double>> pattern(const char* key) const {
    std::vector<std::pair<std::string, double>> result;
    if (!has(key)) return result;
    if (!json.at(key).is_object()) wrong(key);
    for (const auto& [name, value] : json.at(key).items()) {
      if (!value.is_number()) wrong(key);
      if (!is_plain(name)) Expression{name};  // refused here, not when a module is looked up
      result.emplace_back(name, value.get<double>());
    }
    return result;
  }
};

std::string read_init(const Reader& reader) {
  if (!reader.has("init_lora_weights") || reader.json.at("init_lora_weights").is_boolean())
    return "default";
  auto init = reader.get<std::string>("init_lora_weights");
  std::transform(init.begin(), init.end(), init.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  if (kWholeInits.count(init)) return "default";
  if (init == "pissa" || init == "olora") return init;
  throw_checkpoint(
      reader.origin, " sets init_lora_weights to \"", init,
      "\", which changes the base in a way that is not supported, expected true, gaussian, eva, "
      "orthogonal, pissa "
      "or olora; convert it to plain LoRA when saving (path_initial_model_for_weight_conversion)");
}

/// Whether `key`, of word characters and dots alone, matches the end of `module` from a dot on. A
/// dot matches any character, as in an expression.
bool plain_match(const std::string& key, const std::string& module) {
  if (key.size() > module.size()) return false;
  const auto start = module.size() - key.size();
  if (start > 0 && module[start - 1] != '.') return false;
  return std::equal(key.begin(), key.end(), module.begin() + static_cast<std::ptrdiff_t>(start),
                    [](char k, char m) { return k == '.' || k == m; });
}

/// Whether `key`, a name or an expression, matches the end of `module` from a dot on, as PEFT's
/// patterns do.
bool named_by(const std::string& key, const std::string& module) {
  return is_plain(key) ? plain_match(key, module)
                       : Expression("(.*\\.)?(" + key + ")").matches(module);
}

double looked_up(const std::vector<std::pair<std::string, double>>& pattern,
                 const std::string& module, double otherwise) {
  for (const auto& [key, value] : pattern)
    if (named_by(key, module)) return value;
  return otherwise;
}

/// The number of the layer that a module belongs to, below any of `patterns`, or below any name if
/// there is none; -1 without.
std::int64_t layer_of(const std::string& module, const std::vector<std::string>& patterns) {
  for (const auto& pattern : patterns.empty() ? std::vector<std::string>{""} : patterns) {
    for (auto dot = module.find('.'); dot != std::string::npos; dot = module.find('.', dot + 1)) {
      const auto end = module.find('.', dot + 1);
      if (end == std::string::npos) break;
      std::int64_t number = 0;
      const auto [rest, status] =
          std::from_chars(module.data() + dot + 1, module.data() + end, number);
      const bool whole = status == std::errc() && rest == module.data() + end && number >= 0 &&
                         module[dot + 1] != '-';
      const auto above = module.substr(0, dot);
      const bool below =
          pattern.empty() ? above.find('.') != std::string::npos : named_by(pattern, above);
      if (whole && below) return number;
    }
  }
  return -1;
}

void check_rank(double rank, const char* key, const std::string& origin) {
  if (!(rank > 0 && rank <= kMaxRank && rank == std::floor(rank)))
    throw_checkpoint(origin, " has ", key, " ", rank,
                     ", expected a positive rank, whole and at most ", kMaxRank,
                     "; export the adapter again");
}

void check_alpha(double alpha, const char* key, const std::string& origin) {
  if (!(std::abs(alpha) <= most_alpha))
    throw_checkpoint(origin, " has ", key, " ", alpha, ", expected a number of at most ",
                     most_alpha, "; export the adapter again");
}

void check_numbers(const PeftConfig& config, const std::string& origin) {
  check_rank(static_cast<double>(config.rank), "r", origin);
  check_alpha(config.alpha, "lora_alpha", origin);
  for (const auto& [name, value] : config.rank_pattern)
    check_rank(value, "rank_pattern of", origin);
  for (const auto& [name, value] : config.alpha_pattern)
    check_alpha(value, "alpha_pattern of", origin);
  if (!(config.dropout >= 0 && config.dropout < 1))
    throw_checkpoint(origin, " has lora_dropout ", config.dropout,
                     ", expected from 0 to below 1; export the adapter again");
}

}  // namespace

Naming parse_naming(const std::string& name) {
  if (name == "new") return Naming::current;
  if (name == "old") return Naming::old;
  throw_usage("the PEFT naming is '", name, "', expected new (transformers from 4.52) or old");
}

bool ModuleFilter::matches(const std::string& module) const {
  if (regex == "all-linear") return true;
  if (!regex.empty()) return Expression(regex).matches(module);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return module == name || ends_with(module, "." + name);
  });
}

std::int64_t PeftConfig::rank_of(const std::string& module) const {
  return static_cast<std::int64_t>(looked_up(rank_pattern, module, static_cast<double>(rank)));
}
double PeftConfig::alpha_of(const std::string& module) const {
  return looked_up(alpha_pattern, module, alpha);
}

double PeftConfig::scale_of(const std::string& module) const {
  const auto r = static_cast<double>(rank_of(module));
  return alpha_of(module) / (use_rslora ? std::sqrt(r) : r);
}

bool PeftConfig::targets(const std::string& module) const {
  if (!exclude_modules.empty() && exclude_modules.matches(module)) return false;
  if (!target_modules.matches(module)) return false;
  if (layers_to_transform.empty() || !target_modules.regex.empty()) return true;
  const auto layer = layer_of(module, layers_pattern);
  return std::find(layers_to_transform.begin(), layers_to_transform.end(), layer) !=
         layers_to_transform.end();
}

PeftConfig load_peft_config(const std::filesystem::path& folder) {
  const auto path = folder / "adapter_config.json";
  if (!std::filesystem::exists(path))
    throw_checkpoint("no adapter_config.json in ", folder.string(),
                     ", expected a PEFT adapter folder; name one");
  const Json json = read_json(path, ExitCode::checkpoint);
  const Reader reader{json, path.string()};
  if (!json.is_object() || !json.contains("peft_type") || json.at("peft_type") != "LORA")
    throw_checkpoint(reader.origin, " is not of peft_type LORA; only LoRA adapters can be used");
  for (const auto& [key, value] : json.items())
    if (!kKnown.count(key) && !neutral(value))
      throw_checkpoint(reader.origin, " sets ", key, " to ", value.dump(),
                       ", which is not supported; export an adapter without it");
  PeftConfig config;
  config.rank = reader.get<std::int64_t>("r");
  config.alpha = reader.get<double>("lora_alpha");
  config.dropout = reader.get<double>("lora_dropout", 0);
  config.use_rslora = reader.get<bool>("use_rslora", false);
  config.use_dora = reader.get<bool>("use_dora", false);
  config.init = read_init(reader);
  config.rank_pattern = reader.pattern("rank_pattern");
  config.alpha_pattern = reader.pattern("alpha_pattern");
  config.target_modules = reader.filter("target_modules");
  config.exclude_modules = reader.filter("exclude_modules");
  config.layers_to_transform = reader.list<std::int64_t>("layers_to_transform");
  config.layers_pattern = reader.list<std::string>("layers_pattern");
  config.base_model = reader.get<std::string>("base_model_name_or_path", "");
  check_numbers(config, reader.origin);
  return config;
}

AdapterName parse_adapter_name(const std::string& name) {
  constexpr std::size_t longest_name = 4096;
  if (name.size() > longest_name)
    throw_checkpoint("an adapter tensor has a name of ", name.size(), " characters (",
                     name.substr(0, 80), "...), expected at most ", longest_name,
                     "; export the adapter again");
  const std::string prefix = "base_model.model.";
  // PEFT leaves out the adapter's name when it saves, and takes "default" when it loads.
  const std::pair<const char*, char> endings[] = {{".lora_A.weight", 'A'},
                                                  {".lora_B.weight", 'B'},
                                                  {".lora_A.default.weight", 'A'},
                                                  {".lora_B.default.weight", 'B'},
                                                  {".lora_magnitude_vector", 'M'},
                                                  {".lora_magnitude_vector.weight", 'M'},
                                                  {".lora_magnitude_vector.default", 'M'},
                                                  {".lora_magnitude_vector.default.weight", 'M'}};
  for (const auto& [ending, part] : endings) {
    const std::string suffix = ending;
    if (name.rfind(prefix, 0) != 0 || name.size() <= prefix.size() + suffix.size() ||
        !ends_with(name, suffix))
      continue;
    const auto module = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    const auto disk = model::disk_name(module + ".weight");
    return {disk.substr(0, disk.size() - std::string(".weight").size()), module, part};
  }
  throw_checkpoint("adapter tensor ", name,
                   " is not supported, expected names that end in .lora_A.weight, .lora_B.weight "
                   "or .lora_magnitude_vector; "
                   "only LoRA and DoRA on linear layers can be used");
}

std::string peft_module_name(const std::string& module, Naming naming) {
  const std::string text = "language_model.model.";
  if (naming == Naming::old) return module;
  return module.rfind(text, 0) == 0 ? "model.language_model." + module.substr(text.size())
                                    : "model." + module;
}

std::string adapter_name(const std::string& module, char part, Naming naming) {
  const std::string name = "base_model.model." + peft_module_name(module, naming);
  return part == 'M' ? name + ".lora_magnitude_vector" : name + ".lora_" + part + ".weight";
}

}  // namespace ecg_lora::lora
