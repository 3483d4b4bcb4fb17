// The language of a report.
#pragma once

#include <string>

namespace ecg_lora::instruct {

/// "German", "Swedish" or "English" by the words that only one of them uses; "unknown" if none
/// or several do.
std::string language_of(const std::string& report);

}  // namespace ecg_lora::instruct
