// Which linears of a shape a LoraSpec hits. From the tensor table alone, so that it can be asked
// without weights.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/lora/lora.h"

namespace ecg_lora::lora {

/// A linear that can be adapted.
struct Target {
  std::string module;  ///< name on disk, without ".weight"
  std::string tower;   ///< "text", "vision" or "projector", as model::tower_of()
  std::string kind;    ///< last part of the name, for example "q_proj"
  std::int64_t in = 0, out = 0;
  std::int64_t rank = 0;   ///< of its adapter; 0 before it has one
  double alpha = 0;        ///< likewise
  bool magnitude = false;  ///< whether the adapter has one (DoRA)

  /// Numbers in the adapter.
  std::int64_t parameters() const { return rank * (in + out) + (magnitude ? out : 0); }
};

/// Every linear that can be adapted, in the order of the tensor table.
std::vector<Target> linears_of(const model::ModelConfig& config);

/// Targets in the order of the tensor table, with rank and alpha. A glob that hits nothing, or that
/// can only mean lm_head or embed_tokens, and a pattern that cannot be read, are usage errors.
std::vector<Target> find_targets(const model::ModelConfig& config, const LoraSpec& spec);

/// Counts, names and the table for people, of adapters on `targets`.
InjectReport make_report(const model::ModelConfig& config, const std::vector<Target>& targets);

}  // namespace ecg_lora::lora
