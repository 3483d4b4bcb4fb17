// Logging. spdlog stays behind this header: libtorch ships a newer fmt that shadows the one spdlog
// was built with.
#pragma once

#include <filesystem>
#include <string>

namespace ecg_lora {

/// Log lines go to stderr; stdout is for results.
void log_info(const std::string& message);
void log_warn(const std::string& message);
void log_error(const std::string& message);

/// From now on neither log_info() nor progress is shown: for all processes of a group but the
/// first, which would say the same.
void log_only_warnings();

/// Also appends every later line, with its time, to `file`. Throws a data error if it cannot be
/// opened.
void log_to_file(const std::filesystem::path& file);

}  // namespace ecg_lora
