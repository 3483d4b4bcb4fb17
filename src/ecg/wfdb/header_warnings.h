// What is odd about a record, but no reason to refuse it. Each kind is said once per run, of the
// first record that has it: a data set of 20,000 records often has the same oddity in each.
#pragma once

#include <string>

#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::wfdb {

/// What is warned of.
enum class HeaderWarning { comment_behind_a_line, doubled_lead, unnamed_lead };

/// Warns with `what`, unless there was a warning of this kind before. Thread-safe.
void warn_once_per_kind(HeaderWarning kind, const std::string& what);

/// Warns of leads of the same name, and of leads without one. `origin` is the header's path.
void warn_of_names(const Record& record, const std::string& origin);

/// Every kind is warned of again: for tests.
void forget_warnings();

}  // namespace ecg_lora::wfdb
