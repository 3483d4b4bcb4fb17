// What was made of a set of recordings, and what was not.
#pragma once

#include "ecg_lora/base/json.h"
#include "ecg_lora/instruct/prepare.h"

namespace ecg_lora::tools {

/// All counts, and the recordings that have no sample of a kind, by reason.
Json describe(const instruct::Tally& tally);

/// The counts, on stdout.
void print(const instruct::Tally& tally);

}  // namespace ecg_lora::tools
