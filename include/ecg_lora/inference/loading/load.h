// A base and its adapter, from their first refusals to their weights. In this order: check_files()
// before anything large is read, require_memory() before a weight is, then load_base() or load().
#pragma once

#include <optional>
#include <string>

#include "ecg_lora/inference/loading/choice.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/plan/inference/inference_alternatives.h"

namespace ecg_lora::inference {

/// Checkpoint error if files of the base do not belong together, or the adapter does not fit it.
void check_files(const ModelChoice& choice);

/// The base of `choice`, whose dtype is resolved.
plan::BaseLoad base_load(const ModelChoice& choice, bool cuda);

/// What answering `prompts` takes, of a `choice` whose dtype is resolved. Checkpoint error if the
/// adapter's file is damaged.
plan::InferenceInput inference_input(const ModelChoice& choice, const plan::Prompts& prompts);

/// resolve_dtype(), then a usage error if `command` will not fit into memory, unless `force` says
/// to go on (plan::require_memory).
plan::MemoryChecked require_memory(const std::string& command, ModelChoice& choice,
                                   const plan::Prompts& prompts,
                                   const plan::AcceptedSettings& accepted, bool force);

/// Sets the threads and loads the base, without the adapter. `shard` keeps the weights of its
/// layers, if it is given.
model::Mllama load_base(const ModelChoice& choice, const plan::MemoryChecked& checked,
                        const model::PackWeight& shard = nullptr);

/// A model that answers.
struct LoadedModel {
  model::Mllama model;                        ///< in eval mode
  std::optional<lora::InjectReport> adapter;  ///< what the adapter brought; none if there is none
};

/// load_base() with the adapter.
LoadedModel load(const ModelChoice& choice, const plan::MemoryChecked& checked);

}  // namespace ecg_lora::inference
