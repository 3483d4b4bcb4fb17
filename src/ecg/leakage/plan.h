// Helpers over the members of a plan.
#pragma once

#include "ecg_lora/ecg/leakage/audit.h"

namespace ecg_lora::leakage {

/// A recording of the plan with all its parts, as bits.
struct Recording {
  std::uint32_t collection = 0, item = 0;
  std::uint64_t parts = 0;
};

/// Each recording once, in the order of collection and item.
std::vector<Recording> recordings_of(const Plan& plan);

/// Usage error where the plan is impossible.
void check_plan(const Plan& plan);

/// Names of the parts in `bits`, joined by '+'.
std::string parts_text(const Plan& plan, std::uint64_t bits);

}  // namespace ecg_lora::leakage
