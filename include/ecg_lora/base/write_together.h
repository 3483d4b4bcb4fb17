// Several files of one output.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace ecg_lora {

/// Writes files, each a name and its text. All appear, or none: nothing gets its final name before
/// everything is on the disk. Throws as AtomicFile does.
void write_together(const std::vector<std::pair<std::filesystem::path, std::string>>& files);

}  // namespace ecg_lora
