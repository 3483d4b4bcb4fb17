// The memory of commands that stream checkpoints tensor by tensor: merge and extract.
#pragma once

#include <cstdint>
#include <vector>

#include "ecg_lora/lora/targets.h"
#include "ecg_lora/plan/inference/required_memory.h"

namespace ecg_lora::plan {

/// What merge does with one tensor in hand.
struct MergeShape {
  std::vector<lora::Target> changed;  ///< linears that the adapters change, with their ranks
  bool whole =
      false;  ///< several adapters, or a weight or method that takes a whole tensor in fp32
  std::int64_t adapters = 1;
  std::int64_t adapter_bytes = 0;  ///< of the adapters' files
  at::ScalarType written = at::kFloat;
};

/// Of merging into `base`. `base.files` are mapped; the result is written in parts.
RequiredMemory plan_merge(const BaseLoad& base, const MergeShape& shape);

/// Of extracting an adapter of at most `rank` from two checkpoints of the shape of `base`.
RequiredMemory plan_extract(const BaseLoad& base, std::int64_t tuned_files, std::int64_t rank);

}  // namespace ecg_lora::plan
