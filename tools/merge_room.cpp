#include "merge_room.h"

#include <algorithm>
#include <filesystem>

#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/model/stored_dtype.h"
#include "ecg_lora/plan/inference_options.h"
#include "ecg_lora/plan/streamed.h"

namespace ecg_lora::tools {
namespace {

/// Tokens of the inputs whose logits are compared (export/logits_check.cpp).
constexpr plan::Prompts fixed_inputs{1, 1, 16, 0, true};

plan::BaseLoad load_of(const std::string& base, at::ScalarType dtype) {
  return plan::base_load(base, {}, dtype, /*cuda=*/false);
}

at::ScalarType written_dtype(const MergeRecipe& recipe) {
  const auto& asked = recipe.options.dtype;
  return asked.empty() ? model::stored_dtype(recipe.base) : model::parse_dtype(asked);
}

/// Linears that an adapter changes, with its ranks.
void add_targets(const lora::AdapterFile& adapter, const model::ModelConfig& config,
                 std::vector<lora::Target>& targets) {
  for (auto target : lora::linears_of(config)) {
    const auto found = adapter.modules().find(target.module);
    if (found == adapter.modules().end()) continue;
    target.rank = found->second.a.size(0);
    target.magnitude = found->second.magnitude.defined();
    targets.push_back(std::move(target));
  }
}

}  // namespace

plan::Need merge_need(const MergeRecipe& recipe) {
  const auto load = load_of(recipe.base, written_dtype(recipe));
  plan::MergeShape shape;
  shape.written = load.dtype;
  shape.whole = !merges_one(recipe.options);
  shape.adapters = static_cast<std::int64_t>(recipe.options.adapters.size());
  for (const auto& [folder, weight] : recipe.options.adapters) {
    const lora::AdapterFile adapter(folder);
    add_targets(adapter, load.model, shape.changed);
    shape.adapter_bytes += 4 * adapter.parameters();
  }
  return plan::plan_merge(load, shape);
}

plan::Need verify_need(const MergeRecipe& recipe) {
  const auto dtype = written_dtype(recipe);
  auto load = load_of(recipe.base, dtype);
  const lora::AdapterFile adapter(recipe.options.adapters[0].folder);
  load.in_files = lora::keeps_base(adapter);
  return plan::inference_need(
      load, {load.model, {}, dtype, adapter.parameters(), fixed_inputs, /*cuda=*/false});
}

plan::Need extract_need(const std::string& base, const std::string& tuned, std::int64_t rank) {
  const auto files = tuned.empty() ? 0 : load_of(tuned, at::kFloat).files;
  return plan::plan_extract(load_of(base, at::kFloat), files, rank);
}

void require_merge_room(const MergeRecipe& recipe) {
  const auto room = plan::room_now(/*cuda=*/false);
  const auto need = merge_need(recipe);
  plan::require_room("merging into " + recipe.base, need, {}, room, recipe.force);
  if (!recipe.verify || !merges_one(recipe.options)) return;
  const plan::Option without{"no --verify", need};
  plan::require_room("the comparison of logits that --verify makes", verify_need(recipe), {without},
                     room, recipe.force);
}

}  // namespace ecg_lora::tools
