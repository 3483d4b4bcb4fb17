// What merging and extracting need, for `ecg-lora plan` and before a weight is read.
#pragma once

#include "ecg_lora/plan/room.h"
#include "merge/recipe.h"

namespace ecg_lora::tools {

/// Of the tensors in hand. Checkpoint error if an adapter is damaged.
plan::Need merge_need(const MergeRecipe& recipe);
/// Of the comparison of logits that --verify makes: the base with its adapter, then the result.
plan::Need verify_need(const MergeRecipe& recipe);
plan::Need extract_need(const std::string& base, const std::string& tuned, std::int64_t rank);

/// Usage error if the merge will not fit into memory.
void require_merge_room(const MergeRecipe& recipe);

}  // namespace ecg_lora::tools
