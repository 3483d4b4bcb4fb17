// What merging and extracting need, for `ecg-lora plan` and before a weight is read.
#pragma once

#include <cstdint>
#include <string>

#include "ecg_lora/lora/merge.h"
#include "ecg_lora/plan/inference/required_memory.h"

namespace ecg_lora::plan {

/// Of the tensors in hand. Checkpoint error if an adapter is damaged.
RequiredMemory merge_memory(const std::string& base, const lora::MergeOptions& options);
/// Of the comparison of logits that --verify makes: the base with its adapter, then the result.
RequiredMemory verify_memory(const std::string& base, const lora::MergeOptions& options);
RequiredMemory extract_memory(const std::string& base, const std::string& tuned, std::int64_t rank);

/// Usage error if the merge, and with `verify` the comparison of logits, will not fit into memory,
/// unless `force` says to go on.
void require_merge_memory(const std::string& base, const lora::MergeOptions& options, bool verify,
                          bool force);

}  // namespace ecg_lora::plan
