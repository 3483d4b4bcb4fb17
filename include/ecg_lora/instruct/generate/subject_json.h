// Recordings and what was measured on them, as JSON: what one run hands to another.
#pragma once

#include <string>

#include "ecg_lora/base/json.h"
#include "ecg_lora/instruct/generate/prepare.h"

namespace ecg_lora::instruct {

/// All of a subject; numbers keep their bits.
Json subject_json(const Subject& subject);
/// Data error that names `origin` if `json` is not what subject_json() makes.
Subject parse_subject(const Json& json, const std::string& origin);

}  // namespace ecg_lora::instruct
