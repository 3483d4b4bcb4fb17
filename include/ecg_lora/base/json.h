// Strict JSON on top of nlohmann/json: comments allowed, duplicate keys refused, errors with line
// and column.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "ecg_lora/base/error.h"

namespace ecg_lora {

/// Keys keep the order in which they were set.
using Json = nlohmann::ordered_json;

/// Parses `text`; `origin` names it in errors (data error).
Json parse_json(std::string_view text, const std::string& origin);

/// Parses a file. Throws an error of `kind` if it is missing, damaged or larger than 128 MiB:
/// checkpoint for the files of a model.
Json read_json(const std::filesystem::path& path, ExitCode kind = ExitCode::data);

/// Writes `value`, indented, as a whole or not at all. Throws as AtomicFile does.
void write_json(const std::filesystem::path& path, const Json& value);

}  // namespace ecg_lora
