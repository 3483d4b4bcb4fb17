#include "recipe.h"

#include <ATen/Parallel.h>

#include <iostream>

#include "ecg_lora/base/file.h"
#include "ecg_lora/export/finish.h"
#include "ecg_lora/export/logits_check.h"
#include "ecg_lora/export/merge_report.h"
#include "ecg_lora/export/model_card.h"
#include "ecg_lora/model/check/check_checkpoint.h"
#include "ecg_lora/plan/inference/merge_memory.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

void verify(const MergeRecipe& recipe, const fs::path& merged) {
  const auto& options = recipe.options;
  lora::verify_merge(recipe.base, merged, options);
  if (!merges_one(options)) {
    std::cout << "logits are compared for one adapter of weight 1 only\n";
    return;
  }
  const auto check =
      exports::compare_logits(recipe.base, options.states, options.adapters[0].folder, merged);
  std::cout << to_string(check) << "\n";
  require_equal(check, recipe.out);
}

}  // namespace

int run_merge(MergeRecipe& recipe) {
  auto& options = recipe.options;
  if (recipe.threads > 0) at::set_num_threads(recipe.threads);
  options.adapters = lora::weighted(recipe.adapters, recipe.weights);
  options.states = model::chosen_vision_states(recipe.vision_states);
  options.form =
      recipe.target == "meta" ? model::VisionStates::entering : model::VisionStates::leaving;
  model::check_checkpoint(recipe.base);
  plan::require_merge_memory(recipe.base, options, recipe.verify, recipe.force);
  const auto scores = recipe.scores.empty() ? Json() : read_json(recipe.scores);
  const auto finish = [&](const fs::path& merged, const lora::MergeReport& report) {
    write_file(merged / "README.md",
               exports::merged_card(recipe.base, options.adapters, report.kept, scores));
    exports::finish_export(recipe.base, merged, recipe.out);
    if (recipe.verify) verify(recipe, merged);
    if (!recipe.report.empty())
      write_json(recipe.report, exports::report_json(recipe.base, recipe.out, options, report));
  };
  const auto report = lora::merge(recipe.base, recipe.out, options, finish);
  std::cout << exports::report_text(recipe.out, options, report);
  if (recipe.verify) std::cout << "verified: every tensor bit for bit\n";
  return 0;
}

}  // namespace ecg_lora::tools
