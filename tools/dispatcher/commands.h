// The commands of the dispatcher: executables that stand in its folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ecg_lora::tools {

/// Names of the commands whose executables `ecg-lora-<name>` stand in `folder`, in the order of the
/// work; those that this build does not know last, by name.
std::vector<std::string> find_commands(const std::filesystem::path& folder);

/// The help of the dispatcher: what it is, and each of `commands` with its sentence, if it is
/// known.
std::string help_text(const std::vector<std::string>& commands);

/// Replaces this process by the executable of `command` in `folder`; comes back only by a usage
/// error.
[[noreturn]] void run_command(const std::filesystem::path& folder, const std::string& command,
                              char** arguments);

}  // namespace ecg_lora::tools
