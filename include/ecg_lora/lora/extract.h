// An adapter from the difference of two checkpoints.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/model/shape/vision_states.h"

namespace ecg_lora::lora {

struct ExtractOptions {
  std::int64_t rank = 64;  ///< at most; less where a linear's sides are shorter
  std::string peft_naming = "new";
  bool ignore_others = false;  ///< go ahead where tensors changed that an adapter cannot hold
  std::optional<model::VisionStates> states = {};  ///< of the base, and of an unmarked tuned model
};

/// What an extraction kept of a linear.
struct Extracted {
  std::string module;
  double norm;  ///< Frobenius norm of the difference
  double kept;  ///< share of its square that the adapter holds
};

struct ExtractReport {
  std::vector<Extracted> modules;
  std::vector<std::string> others;  ///< changed tensors that are no adapted linear
};

/// Writes to `out` (which must not exist) the adapter whose updates are the best approximations of
/// rank `options.rank` to tuned - base in every linear that changed: truncated singular value
/// decompositions, split evenly between A and B, with scale 1. Long linears use a randomised range
/// finder with two power iterations (Halko et al. 2011, arXiv 0909.4061). Checkpoint error where
/// the two have other tensors or shapes, where nothing changed, or where others than linears
/// changed and `ignore_others` is off; likewise if they keep other vision states and `states` is
/// not given, which then leads to a warning.
ExtractReport extract(const std::filesystem::path& base, const std::filesystem::path& tuned,
                      const std::filesystem::path& out, const ExtractOptions& options);

}  // namespace ecg_lora::lora
