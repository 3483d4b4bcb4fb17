// The library's name, until all commands use it there.
#pragma once

#include "ecg_lora/model/vision_states_option.h"

namespace ecg_lora::tools {

using model::add_vision_states;

}  // namespace ecg_lora::tools
