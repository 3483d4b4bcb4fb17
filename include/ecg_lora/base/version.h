// Which program this is.
#pragma once

#include <string>

namespace ecg_lora {

/// "0.1.0", as results state it.
std::string version();

}  // namespace ecg_lora
