// Before a base is loaded: its dtype, and whether it fits.
#pragma once

#include "ecg_lora/model/stored_dtype.h"
#include "ecg_lora/plan/inference_options.h"
#include "recipe.h"

namespace ecg_lora::tools {

/// What `loop.trainable` says.
inline model::Training training_of(const std::string& trainable) {
  return trainable == "lora" ? model::Training::adapter : model::Training::full;
}

/// Puts model::chosen_dtype() in the place of "auto".
void resolve_dtype(ComputeConfig& compute, const std::string& model,
                   model::Training training = model::Training::none);

/// The base of `compute`, whose dtype is resolved.
plan::BaseLoad base_load(const ComputeConfig& compute, const std::string& model, bool cuda);

/// What answering `prompts` takes. Checkpoint error if the adapter's file is damaged.
plan::InferenceInput inference_input(const ComputeConfig& compute, const std::string& model,
                                     const std::string& adapter, const plan::Prompts& prompts);

/// resolve_dtype(), then a usage error if `command` will not fit into memory (plan::require_room),
/// before a weight is read. It sets `approved`, which load_base() asks for.
void require_room(const std::string& command, ComputeConfig& compute, const std::string& model,
                  const std::string& adapter, const plan::Prompts& prompts,
                  const plan::Spelling& spelling = {});

}  // namespace ecg_lora::tools
