#include "merge_recipe.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iomanip>
#include <iostream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/model/check_checkpoint.h"
#include "exported.h"
#include "logits_check.h"
#include "merge_room.h"
#include "model_card.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

std::vector<lora::WeightedAdapter> weighted(const MergeRecipe& recipe) {
  if (!recipe.weights.empty() && recipe.weights.size() != recipe.adapters.size())
    throw_usage("--weight has ", recipe.weights.size(), " values for ", recipe.adapters.size(),
                " adapters; give one for each, or none");
  std::vector<lora::WeightedAdapter> result;
  for (std::size_t i = 0; i < recipe.adapters.size(); ++i)
    result.push_back({recipe.adapters[i], recipe.weights.empty() ? 1 : recipe.weights[i]});
  return result;
}

Json report_json(const MergeRecipe& recipe, const lora::MergeReport& report) {
  Json adapters = Json::array(), changes = Json::array();
  for (std::size_t i = 0; i < recipe.options.adapters.size(); ++i) {
    const auto& [folder, weight] = recipe.options.adapters[i];
    adapters.push_back({{"path", folder.string()},
                        {"weight", weight},
                        {"base_quantisation", report.base_quantisations[i]}});
  }
  for (const auto& change : report.changes)
    changes.push_back(
        {{"tensor", change.name}, {"norm", change.norm}, {"relative", change.relative}});
  return {{"base", recipe.base},
          {"adapters", adapters},
          {"method", recipe.options.method},
          {"out", recipe.out},
          {"tensors", report.tensors},
          {"files", report.files},
          {"bytes", report.bytes},
          {model::kVisionStates, to_string(report.kept.states)},
          {model::kStateLayers, report.kept.layers},
          {"changed", changes}};
}

void print_changes(lora::MergeReport report, const std::string& out) {
  auto& changes = report.changes;
  std::sort(changes.begin(), changes.end(),
            [](const auto& a, const auto& b) { return a.relative > b.relative; });
  std::cout << "merged " << changes.size() << " of " << report.tensors << " tensors, "
            << report.bytes << " bytes in " << report.files
            << (report.files == 1 ? " file" : " files") << ", to " << out
            << "\nlargest changes, relative to the weight's norm:\n";
  for (std::size_t i = 0; i < changes.size() && i < 5; ++i)
    std::cout << "  " << std::scientific << std::setprecision(2) << changes[i].relative << "  "
              << changes[i].name << "\n";
  std::cout << std::defaultfloat;
}

void print_quantised(const MergeRecipe& recipe, const lora::MergeReport& report) {
  for (std::size_t i = 0; i < report.base_quantisations.size(); ++i)
    if (report.base_quantisations[i] != "none")
      std::cout << "adapter " << recipe.options.adapters[i].folder.string()
                << " was trained on a base quantised to " << report.base_quantisations[i]
                << "; it was merged into the base's full-precision weights\n";
}

void verify(const MergeRecipe& recipe, const fs::path& merged) {
  lora::verify_merge(recipe.base, merged, recipe.options);
  const auto& adapters = recipe.options.adapters;
  if (!merges_one(recipe)) {
    std::cout << "logits are compared for one adapter of weight 1 only\n";
    return;
  }
  const auto check = compare_logits(recipe.base, recipe.options.states, adapters[0].folder, merged);
  std::cout << "logits, largest difference over the largest logit: " << std::scientific
            << std::setprecision(1) << check.difference << ", allowed " << check.allowed << " in "
            << check.dtype << "\n"
            << std::defaultfloat;
  if (!(check.difference <= check.allowed))
    throw_checkpoint("the logits of ", recipe.out, " differ from those of base and adapter by ",
                     check.difference, " of the largest, expected at most ", check.allowed,
                     "; report this with --report");
}

}  // namespace

std::uint64_t parse_bytes(const std::string& text) {
  if (text.empty()) return 0;
  double number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  const double factor = unit.empty() || unit == "B" ? 1
                        : unit == "KB"              ? 1e3
                        : unit == "MB"              ? 1e6
                        : unit == "GB"              ? 1e9
                                                    : 0;
  if (status != std::errc() || factor == 0 || !(number * factor >= 1) || number * factor > 1e18)
    throw_usage("--shard-size is '", text, "', expected a number of bytes such as 5GB or 500MB");
  return static_cast<std::uint64_t>(number * factor);
}

int run_merge(MergeRecipe& recipe) {
  if (recipe.threads > 0) at::set_num_threads(recipe.threads);
  recipe.options.adapters = weighted(recipe);
  recipe.options.states = model::chosen_vision_states(recipe.vision_states);
  recipe.options.form =
      recipe.target == "meta" ? model::VisionStates::entering : model::VisionStates::leaving;
  model::check_checkpoint(recipe.base);
  require_merge_room(recipe);
  const auto scores = recipe.scores.empty() ? Json() : read_json(recipe.scores);
  const auto finish = [&](const fs::path& merged, const lora::MergeReport& report) {
    write_file(merged / "README.md",
               merged_card(recipe.base, recipe.options.adapters, report.kept, scores));
    finish_export(recipe.base, merged, recipe.out);
    if (recipe.verify) verify(recipe, merged);
    if (!recipe.report.empty()) write_json(recipe.report, report_json(recipe, report));
  };
  const auto report = lora::merge(recipe.base, recipe.out, recipe.options, finish);
  print_changes(report, recipe.out);
  std::cout << "vision states " << to_string(report.kept) << ", for " << recipe.target << "\n";
  print_quantised(recipe, report);
  if (recipe.verify) std::cout << "verified: every tensor bit for bit\n";
  return 0;
}

}  // namespace ecg_lora::tools
