// The names of the twelve leads, in whatever case a header has them.
#pragma once

#include <string>
#include <string_view>

namespace ecg_lora::wfdb {

/// aVR for AVR, avr; V1 for v1; nullptr for a name that is none of the twelve.
const std::string* standard_lead(std::string_view name);

}  // namespace ecg_lora::wfdb
