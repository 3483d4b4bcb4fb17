// What a merge did, for people and for programs.
#pragma once

#include <string>

#include "ecg_lora/base/json.h"
#include "ecg_lora/lora/merge.h"

namespace ecg_lora::exports {

/// Base, adapters, size in bytes, vision states, and each changed tensor with the norm of its
/// change.
Json report_json(const std::string& base, const std::string& out, const lora::MergeOptions& options,
                 const lora::MergeReport& report);

/// Lines for the terminal: the size, the five largest changes, the vision states and for whom they
/// are named, and which adapters were trained on a quantised base.
std::string report_text(const std::string& out, const lora::MergeOptions& options,
                        const lora::MergeReport& report);

}  // namespace ecg_lora::exports
