// Recordings and what was measured on them, as JSON: what one run hands to another.
#pragma once

#include <string>

#include "ecg_lora/base/json.h"
#include "ecg_lora/instruct/generate/source_recording.h"

namespace ecg_lora::instruct {

/// All of a recording; numbers keep their bits.
Json recording_json(const SourceRecording& recording);
/// Data error that names `origin` if `json` is not what recording_json() makes.
SourceRecording parse_recording(const Json& json, const std::string& origin);

}  // namespace ecg_lora::instruct
