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
  std::int64_t rank = 64;           ///< at most the shorter side of each linear is taken
  std::string peft_naming = "new";  ///< of the tensors: new or old, as parse_naming() takes them
  bool ignore_others = false;       ///< go on if tensors changed that an adapter cannot hold
  /// Vision states of the base, and of a tuned model that does not declare its own; none: as
  /// declared or assumed.
  std::optional<model::VisionStates> states = {};
};

/// What an extraction kept of a linear.
struct Extracted {
  std::string module;  ///< name on disk
  double norm;         ///< Frobenius norm of the difference
  double kept;         ///< share of its square that the adapter holds
};

struct ExtractReport {
  std::vector<Extracted> modules;
  std::vector<std::string> others;  ///< names on disk of changed tensors that are no linear
};

/// Writes to `out` (which must not exist) the adapter whose updates are the best approximations of
/// rank `options.rank` to tuned - base in every linear that changed: truncated singular value
/// decompositions, split evenly between A and B, with scale 1. Long linears use a randomised range
/// finder with two power iterations (Halko et al. 2011, arXiv 0909.4061). Checkpoint error if a
/// folder is damaged, a change is not finite, the two have other tensors or shapes, nothing
/// changed, or others than linears changed and `ignore_others` is off; likewise if they keep other
/// vision states, unless `states` is given: then a warning. Usage error if `out` exists.
ExtractReport extract(const std::filesystem::path& base, const std::filesystem::path& tuned,
                      const std::filesystem::path& out, const ExtractOptions& options);

}  // namespace ecg_lora::lora
