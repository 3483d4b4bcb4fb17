// Configs of train and eval, and run folders.
#include "ecg_lora/config/fields.h"
#include "ecg_lora/cost/card.h"
#include "ecg_lora/train/checkpoint.h"
#include "eval_recipe.h"
#include "inspect.h"
#include "train_recipe.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

/// A config is that of eval where it has no section or field that only train knows: one that trains
/// says how.
bool is_eval(const Json& json) {
  for (const char* key : {"lora", "optimizer", "loop", "save_dtype"})
    if (json.contains(key)) return false;
  return true;
}

/// The facts of the cost card, and what other settings would have cost.
Json describe_cost(const fs::path& file) {
  const auto record = cost::read_record(file);
  Json out, rows = Json::array();
  for (const auto& [name, value] : cost::facts(record)) out[name] = value;
  for (const auto& e : cost::estimates(record))
    rows.push_back({{"setting", e.own ? "this run: " + e.setting : e.setting},
                    {"memory", e.memory},
                    {"arithmetic", e.arithmetic},
                    {"relative", e.relative},
                    {"time", e.time}});
  if (!rows.empty()) out["by_the_plan"] = rows;
  return out;
}

Json describe_path(const std::string& field, const std::string& path) {
  return {{"field", field}, {"path", path}, {"exists", fs::exists(path)}};
}

template <class Recipe>
Json paths_of(const Recipe& recipe) {
  return Json::array({describe_path("model", recipe.model),
                      describe_path("data.root", recipe.data.root),
                      describe_path("output", recipe.output)});
}

}  // namespace

Finding describe_config(const fs::path& file) {
  const auto json = config::read_config(file, {});
  Finding finding;
  auto& out = finding.description;
  if (is_eval(json)) {
    const auto recipe = config::from_json<EvalRecipe>(json, file.string());
    out = {{"kind", "config of eval"},
           {"path", file.string()},
           {"paths", paths_of(recipe)},
           {"resolved", config::dump(recipe)}};
    if (!recipe.adapter.empty()) out["paths"].push_back(describe_path("adapter", recipe.adapter));
  } else {
    const auto recipe = config::from_json<TrainRecipe>(json, file.string());
    out = {{"kind", "config of train"},
           {"path", file.string()},
           {"paths", paths_of(recipe)},
           {"resolved", config::dump(recipe)}};
  }
  return finding;
}

Finding describe_run(const fs::path& folder) {
  auto finding = describe_config(folder / "config.json");
  Json out = {{"kind", "run of train"},
              {"path", folder.string()},
              {"finished", fs::exists(folder / "adapter") || fs::exists(folder / "model")}};
  if (fs::exists(folder / "last")) {
    const auto found = train::find_checkpoint(folder);
    out["newest_checkpoint"] = found.folder.filename().string();
    out["steps_done"] = found.position.step;
    out["steps_skipped"] = found.position.skipped;
  }
  if (fs::exists(folder / cost::record_name))
    out["cost"] = describe_cost(folder / cost::record_name);
  out["paths"] = finding.description["paths"];
  out["resolved"] = finding.description["resolved"];
  finding.description = out;
  return finding;
}

}  // namespace ecg_lora::tools
