#include "ecg_lora/plan/inference/memory_check.h"

#include <algorithm>
#include <cstdio>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::plan {
namespace {

constexpr std::size_t kMaxSuggested = 3;  ///< that a refusal names

/// "21.3 GB of memory, expected at most 8.0 GB (limit)", of processes that share it.
std::string too_much(std::int64_t needed, std::int64_t left, std::int64_t processes,
                     const std::string& limit) {
  const auto times = processes > 1 ? cat(processes, " processes times ") : "";
  return cat(times, format_giga(needed), " of memory, expected at most ", format_giga(left), " (",
             limit, ")");
}

std::string suggestion(const std::vector<Alternative>& alternatives,
                       const AvailableMemory& available) {
  std::string fitting;
  std::size_t count = 0;
  auto smallest = alternatives.end();
  for (auto other = alternatives.begin(); other != alternatives.end(); ++other) {
    if (smallest == alternatives.end() || other->required.host() < smallest->required.host())
      smallest = other;
    if (count == kMaxSuggested || !shortage(other->required, available).empty()) continue;
    fitting += cat(count++ > 0 ? ", or " : "", other->arguments, " (",
                   format_giga(std::max(other->required.host(), other->required.device)), ")");
  }
  if (!fitting.empty()) return "use " + fitting;
  if (smallest == alternatives.end()) return "free memory, or use a larger machine";
  return cat("no other setting fits: the smallest, ", smallest->arguments, ", needs ",
             format_giga(std::max(smallest->required.host(), smallest->required.device)),
             "; free memory, or use a larger machine");
}

}  // namespace

std::string format_giga(std::int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f GB", static_cast<double>(bytes) / 1e9);
  return text;
}

std::string shortage(const RequiredMemory& required, const AvailableMemory& available) {
  if (available.device && required.device > *available.device)
    return too_much(required.device, *available.device, 1, "free memory of the CUDA device");
  for (const auto& limit : available.limits) {
    const auto processes = limit.shared ? std::max<std::int64_t>(1, available.processes) : 1;
    // The libraries have their addresses already.
    const auto wanted =
        limit.addresses ? required.host() - required.libraries + required.files : required.host();
    if (wanted > limit.left / processes) return too_much(wanted, limit.left, processes, limit.name);
  }
  return "";
}

MemoryChecked require_memory(const std::string& command, const RequiredMemory& required,
                             const std::vector<Alternative>& alternatives,
                             const AvailableMemory& available, bool force) {
  const auto lack = shortage(required, available);
  if (lack.empty()) return {};
  const auto what = cat(command, " needs ", lack);
  if (!force)
    throw_usage(what, "; ", suggestion(alternatives, available),
                ", or --force to go on nevertheless");
  log_warn(what + "; going on, as --force says");
  return {};
}

}  // namespace ecg_lora::plan
