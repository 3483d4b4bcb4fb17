// The names of the twelve leads, in whatever case a header has them.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "ecg_lora/wfdb/record.h"

namespace ecg_lora::wfdb {

/// aVR for AVR, avr; V1 for v1; nullptr for a name that is none of the twelve.
inline const std::string* standard_lead(std::string_view name) {
  const auto same = [](unsigned char a, unsigned char b) {
    return std::toupper(a) == std::toupper(b);
  };
  for (const std::string& lead : standard_leads())
    if (std::equal(name.begin(), name.end(), lead.begin(), lead.end(), same)) return &lead;
  return nullptr;
}

}  // namespace ecg_lora::wfdb
