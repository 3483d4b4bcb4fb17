// The library's names, until all commands use them there.
#pragma once

#include "ecg_lora/ptbxl/wording_use.h"

namespace ecg_lora::tools {

using ptbxl::warn_of_other_words;

}  // namespace ecg_lora::tools
