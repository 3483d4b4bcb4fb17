// What a folder with a base's changed weights needs before others see it.
#pragma once

#include <filesystem>
#include <string>

#include "ecg_lora/model/shape/config.h"

namespace ecg_lora::exports {

/// `out` holds weights and copy_auxiliary_files() of `base`. Writes tokenizer.json if the base has
/// only Meta's tokenizer.model, and the stop tokens that end what was trained, which is logged if
/// the base lacks them. Then checks `out` as every command checks a checkpoint that it is given:
/// checkpoint error if this program could not load it. `name` is what messages call it.
void finish_export(const std::filesystem::path& base, const std::filesystem::path& out,
                   const std::filesystem::path& name);

/// The vision states of `base` as full training writes them, in transformers' form. Usage error if
/// that form cannot name them.
model::KeptStates exported_states(const model::VisionConfig& base);

/// What a user of an adapter must pass to transformers' generate() so that answers end as in
/// training: "eos_token_id=[1, 5]"; empty if the base at `base` stops there by itself, or has no
/// tokenizer that this build reads.
std::string stops_to_pass(const std::filesystem::path& base);

}  // namespace ecg_lora::exports
