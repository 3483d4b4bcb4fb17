#include "recipe.h"

#include <iostream>

#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/config/fields.h"
#include "eval/recipe.h"
#include "train/recipe.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;
using inspection::Description;

Json describe_path(const std::string& field, const std::string& path) {
  return {{"field", field}, {"path", path}, {"exists", fs::exists(path)}};
}

template <class Recipe>
Json paths_of(const Recipe& recipe) {
  return Json::array({describe_path("model", recipe.model),
                      describe_path("data.root", recipe.data.root),
                      describe_path("output", recipe.output)});
}

/// A config of train or eval.
Description describe_config(const fs::path& file) {
  const auto json = config::read_config(file, {});
  Description description;
  auto& out = description.content;
  if (is_eval_config(json)) {
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
  return description;
}

}  // namespace

int run_inspect(InspectRecipe recipe) {
  recipe.checks.states = model::chosen_vision_states(recipe.vision_states);
  recipe.checks.config = describe_config;
  const auto description = recipe.tensors ? inspection::describe_tensors(recipe.path)
                                          : inspection::describe(recipe.path, recipe.checks);
  std::cout << (recipe.json ? json_document(description.content)
                            : inspection::to_text(description.content))
            << std::flush;
  if (description.code != ExitCode::done) log_error(description.problem);
  return static_cast<int>(description.code);
}

}  // namespace ecg_lora::tools
