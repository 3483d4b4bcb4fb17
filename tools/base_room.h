// Before a base is loaded: its dtype, and whether it fits.
#pragma once

#include "ecg_lora/plan/inference_options.h"
#include "recipe.h"

namespace ecg_lora::tools {

/// What is trained, if anything: an adapter on a frozen base, or the base itself.
enum class Training { none, adapter, full };

/// What `loop.trainable` says.
inline Training training_of(const std::string& trainable) {
  return trainable == "lora" ? Training::adapter : Training::full;
}

/// Puts the checkpoint's own dtype in the place of "auto", and says so in the log. Two cases take
/// fp32 instead: weights that are trained themselves, whose steps are smaller than 16 bits can
/// add, and any training on an fp16 checkpoint, since small gradients are 0 in fp16.
void resolve_dtype(ComputeConfig& compute, const std::string& model,
                   Training training = Training::none);

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
