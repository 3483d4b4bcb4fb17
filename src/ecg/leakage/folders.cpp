#include <memory>

#include "ecg_lora/ecg/leakage/audit.h"

namespace ecg_lora::leakage {

AuditReport audit_folders(const std::vector<std::string>& roots, const AuditOptions& options) {
  auto open = options.open;
  open.skip_damaged = true;  // the report lists them
  std::vector<std::unique_ptr<collections::Collection>> collections;
  std::vector<const collections::Collection*> opened;
  for (const auto& root : roots) {
    collections.push_back(collections::open_collection(root, open));
    opened.push_back(collections.back().get());
  }
  auto plan = opened.size() > 1 ? plan_collections(opened)
                                : plan_splits(*opened[0], parse_splits(options.splits));
  plan.within = options.within;
  auto report = audit_ids(plan);
  if (options.traces) audit_traces(plan, options.trace, report);
  for (const auto* collection : opened)
    report.not_compared.insert(report.not_compared.end(), collection->notices().begin(),
                               collection->notices().end());
  return report;
}

}  // namespace ecg_lora::leakage
