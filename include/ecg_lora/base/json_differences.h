// What differs between two JSON values, for messages.
#pragma once

#include <string>

#include "ecg_lora/base/json.h"

namespace ecg_lora {

/// Keys below which two values differ, "model.config.json, seed".
std::string differences(const Json& a, const Json& b, const std::string& prefix = "");

}  // namespace ecg_lora
