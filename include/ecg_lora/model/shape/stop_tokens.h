// Tokens that end an answer, as checkpoints name them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"

namespace ecg_lora::model {

/// The token ids of `json`, an "eos_token_id": one id, or a list of them. Checkpoint error that
/// names `where`, the file, for anything else.
std::vector<std::int64_t> parse_stop_tokens(const Json& json, const std::string& where);

}  // namespace ecg_lora::model
