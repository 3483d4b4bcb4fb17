// Base time and base date of a record line.
#pragma once

#include <string>
#include <string_view>

#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::wfdb {

/// `HH:MM:SS[.ffffff]`, `MM:SS` or `SS`, a date `DD/MM/YYYY`, both in this order; or, as the copies
/// of the Challenge of 2020 and 2021 have it, `DD-Mon-YYYY HH:MM:SS`. `text` may be empty. Throws a
/// data error with `where`.
void parse_base_time(std::string_view text, const std::string& where, Clock& clock);

}  // namespace ecg_lora::wfdb
