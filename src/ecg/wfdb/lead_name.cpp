#include "lead_name.h"

#include <algorithm>
#include <cctype>

#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::wfdb {

const std::vector<std::string>& standard_leads() {
  static const std::vector<std::string> kLeads = {"I",  "II", "III", "aVR", "aVL", "aVF",
                                                  "V1", "V2", "V3",  "V4",  "V5",  "V6"};
  return kLeads;
}

const std::string* standard_lead(std::string_view name) {
  const auto same = [](unsigned char a, unsigned char b) {
    return std::toupper(a) == std::toupper(b);
  };
  for (const std::string& lead : standard_leads())
    if (std::equal(name.begin(), name.end(), lead.begin(), lead.end(), same)) return &lead;
  return nullptr;
}

}  // namespace ecg_lora::wfdb
