// Whole numbers of JSON.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "ecg_lora/base/json.h"

namespace ecg_lora {

/// `value` if it is a whole number from `least` to `most`. Throws nlohmann's type_error otherwise:
/// its own conversion rounds 7.5, wraps 5000000000, and takes true for 1.
std::int64_t whole_number(const Json& value,
                          std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                          std::int64_t most = std::numeric_limits<std::int64_t>::max());

/// The same of a list.
std::vector<std::int64_t> whole_numbers(const Json& values);

}  // namespace ecg_lora
