// What was made of a set of recordings, and what was not, for files and for people.
#pragma once

#include <string>

#include "ecg_lora/base/json.h"
#include "ecg_lora/instruct/generate/prepare.h"

namespace ecg_lora::instruct {

/// All counts, and the recordings that have no sample of a kind, by reason.
Json to_json(const GenerationStatistics& statistics);

/// The counts as tables.
std::string to_text(const GenerationStatistics& statistics);

}  // namespace ecg_lora::instruct
