// README.md of what is exported: where it comes from and what it may be used for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/lora/merge.h"
#include "ecg_lora/model/shape/config.h"

namespace ecg_lora::exports {

// All cards state what training an adapter cost, if its folder has a cost.json; data error if that
// is damaged.

/// Card of a merged model. If an adapter lies in a run folder, the card names the data and
/// folds of its config.json; `scores` is a scores.json, or null. `kept`: the vision states as
/// config.json of the result names them.
std::string merged_card(const std::string& base, const std::vector<lora::WeightedAdapter>& adapters,
                        const model::KeptStates& kept, const Json& scores);

/// Card of the model in `folder`, which full training made of the base at `base`; `name` is what
/// the folder will be called.
std::string trained_card(const std::filesystem::path& folder, const std::filesystem::path& name,
                         const std::string& base);

/// A base, and its vision states as it is opened.
struct CardBase {
  std::string folder;
  model::VisionConfig vision;
};

/// Card of an adapter of `base`; `name` is what its folder is, or will be, called.
std::string adapter_card(const std::filesystem::path& adapter, const std::filesystem::path& name,
                         const CardBase& base, const Json& scores);

}  // namespace ecg_lora::exports
