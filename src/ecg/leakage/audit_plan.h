// Helpers over the members of a plan.
#pragma once

#include "ecg_lora/ecg/leakage/audit.h"

namespace ecg_lora::leakage {

/// A recording of the plan with all its parts, as bits.
struct AuditedRecording {
  std::uint32_t collection = 0, item = 0;
  std::uint64_t parts = 0;
};

/// Each recording once, in the order of collection and item.
std::vector<AuditedRecording> recordings_of(const AuditPlan& plan);

/// Usage error if the plan is impossible.
void check_plan(const AuditPlan& plan);

/// Names of the parts in `bits`, joined by '+'.
std::string parts_text(const AuditPlan& plan, std::uint64_t bits);

}  // namespace ecg_lora::leakage
