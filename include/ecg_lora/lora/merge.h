// Base plus adapters to a plain checkpoint, streamed tensor by tensor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/model/shape/vision_states.h"

namespace ecg_lora::lora {

struct WeightedAdapter {
  std::filesystem::path folder;
  double weight = 1;  ///< factor of its update
};

/// `folders` with their weights, in order; without weights, 1 each. Usage error if the counts
/// differ.
std::vector<WeightedAdapter> weighted(const std::vector<std::string>& folders,
                                      const std::vector<double>& weights);

struct MergeOptions {
  std::vector<WeightedAdapter> adapters;
  /// How updates D_i of several adapters become one:
  ///   linear  sum of w_i D_i
  ///   ties    of each D_i the share `density` of its entries that is largest; signs elected by the
  ///           sum of what is left; mean of w_i D_i over those that agree (Yadav et al. 2023, arXiv
  ///           2306.01708, as PEFT computes it)
  ///   dare    sum of w_i D_i, each entry kept with probability `density` and divided by it (Yu et
  ///           al. 2023, arXiv 2311.03099)
  std::string method = "linear";
  double density = 1;             ///< of ties and dare; above 0, at most 1
  std::uint64_t seed = 1;         ///< of dare
  std::string dtype;              ///< fp32, bf16 or fp16; empty: each tensor keeps its own
  std::uint64_t shard_bytes = 0;  ///< most bytes of tensors per file; 0: the files of the base
  /// Vision states of the base, in place of what it declares.
  std::optional<model::VisionStates> states = {};
  /// In which form the result names its vision states: the one that leaves layers is transformers'
  /// (from 4.56 on), the one that enters them is Meta's.
  model::VisionStates form = model::VisionStates::leaving;
};

/// Whether one adapter is merged with weight 1: that is done in parts, and its logits are those of
/// base and adapter.
bool merges_one(const MergeOptions& options);

/// A tensor that an adapter changed.
struct TensorChange {
  std::string name;
  double relative;  ///< Frobenius norm of the change over that of the weight
  double norm;      ///< Frobenius norm of the change
};

struct MergeReport {
  std::int64_t tensors = 0;  ///< written
  std::uint64_t bytes = 0;   ///< of those tensors
  std::int64_t files = 0;    ///< that hold them
  /// Of each adapter: what its base was quantised to in training; it is merged into full precision
  /// in any case.
  std::vector<std::string> base_quantisations;
  std::vector<TensorChange> changes;  ///< in file order
  model::KeptStates kept;             ///< as config.json of the result names them
};

/// What is to be added to a merged folder, or checked in it, before it gets its name.
using FinishMerge =
    std::function<void(const std::filesystem::path& folder, const MergeReport& report)>;

/// Writes merged_weight() of every adapted linear, computed in fp32, and everything else as it is,
/// in the dtype asked for. A thread writes while the next tensor is computed; peak memory is a few
/// tensors. Config, tokenizer, processor and chat template are copied (copy_auxiliary_files());
/// config.json then names the vision states as options.form says. `finish`, if there is one, gets
/// the whole folder under its temporary name. Usage error if `out` exists or the states cannot be
/// named so; checkpoint error if an adapter does not fit; after any error, also of `finish`, and
/// after an interrupt nothing is left under `out`.
MergeReport merge(const std::filesystem::path& base, const std::filesystem::path& out,
                  const MergeOptions& options, const FinishMerge& finish = {});

/// Reads `merged` and computes every tensor again. Checkpoint error that names the first that is
/// missing or differs in a bit.
void verify_merge(const std::filesystem::path& base, const std::filesystem::path& merged,
                  const MergeOptions& options);

}  // namespace ecg_lora::lora
