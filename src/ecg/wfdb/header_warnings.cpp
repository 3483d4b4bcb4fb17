#include "header_warnings.h"

#include <array>
#include <atomic>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::wfdb {
namespace {

std::array<std::atomic<bool>, 3> said{};

}  // namespace

void warn_once_per_kind(HeaderWarning kind, const std::string& what) {
  if (!said[static_cast<std::size_t>(kind)].exchange(true))
    log_warn(what + " (said of the first such record only)");
}

void warn_of_names(const Record& record, const std::string& origin) {
  const auto& leads = record.leads;
  for (std::size_t i = 0; i < leads.size(); ++i) {
    if (leads[i].name.empty()) {
      warn_once_per_kind(HeaderWarning::unnamed_lead,
                         cat(origin, ": signal ", i + 1, " has no name, so that no page shows it"));
      continue;
    }
    for (std::size_t k = 0; k < i; ++k)
      if (leads[k].name == leads[i].name)
        warn_once_per_kind(HeaderWarning::doubled_lead,
                           cat(origin, ": signals ", k + 1, " and ", i + 1, " are both called ",
                               leads[i].name, "; pages show the first"));
  }
}

void forget_warnings() {
  for (auto& kind : said) kind = false;
}

}  // namespace ecg_lora::wfdb
