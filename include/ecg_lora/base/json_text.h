// JSON as text, whatever bytes its strings hold.
#pragma once

#include <string>
#include <string_view>

#include "ecg_lora/base/json.h"

namespace ecg_lora {

/// `value` as JSON on one line. Bytes that are not UTF-8, as names of files may have, become
/// U+FFFD.
std::string json_text(const Json& value);

/// The same, indented and with an end of line: what write_json() writes.
std::string json_document(const Json& value);

/// Whether `text` is UTF-8, as JSON's strings have to be.
bool is_utf8(std::string_view text);

}  // namespace ecg_lora
