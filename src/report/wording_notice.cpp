#include <set>

#include "ecg_lora/report/comparison_report.h"

namespace ecg_lora::report {

std::string wording_notice(const std::vector<RunOrigin>& runs) {
  std::set<std::string> stated;
  bool unstated = false;
  std::string list;
  for (const auto& run : runs) {
    if (run.wording.empty()) continue;  // asked nothing in words
    stated.insert(run.wording);
    unstated = unstated || run.wording.find("not stated") != std::string::npos;
    list += (list.empty() ? "" : "; ") + run.name + ": " + run.wording;
  }
  if (stated.size() > 1)
    return "The runs were not asked in the same words, as far as they say, so that differences may "
           "be those of the questions (" +
           list + ")";
  return unstated
             ? "Wording not stated: whether the runs were asked in the same words is unknown (" +
                   list + ")"
             : "";
}

}  // namespace ecg_lora::report
