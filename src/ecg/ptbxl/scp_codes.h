// The column scp_codes: a Python dict literal.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ecg_lora/ecg/ptbxl/database.h"

namespace ecg_lora::ptbxl {

/// Parses {'NORM': 100.0, 'SR': 0.0}. Throws a data error with `where` and the offending place; a
/// code that is there twice is one, as is a likelihood outside of 0 to 100.
std::vector<StatedCode> parse_scp_codes(std::string_view text,
                                        const std::function<std::string()>& where);

}  // namespace ecg_lora::ptbxl
