// JSON as text, whatever bytes its strings hold.
#pragma once

#include <string>
#include <string_view>

#include "ecg_lora/base/json.h"

namespace ecg_lora {

/// `value` as JSON, indented by `indent` spaces, or on one line. Bytes that are not UTF-8, as names
/// of files may have, become U+FFFD.
std::string json_text(const Json& value, int indent = -1);

/// Whether `text` is UTF-8, as JSON's strings have to be.
bool is_utf8(std::string_view text);

}  // namespace ecg_lora
