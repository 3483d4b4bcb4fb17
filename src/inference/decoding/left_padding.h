// Padding where continuations leave room for it.
#pragma once

#include "ecg_lora/data/batch/batch.h"

namespace ecg_lora::decoding {

/// `batch` with what padding its rows have on the right moved to their left; labels are left out.
/// Usage error for a row without tokens.
data::Batch left_padded(const data::Batch& batch);

}  // namespace ecg_lora::decoding
