// Paths that are written to.
#pragma once

#include <filesystem>
#include <string>

namespace ecg_lora {

/// "a/b/" names the folder a/b.
std::filesystem::path without_trailing_slash(const std::filesystem::path& path);

/// Makes the folder that will hold `path`. Throws a usage error if `path` has no name, a data error
/// if it cannot.
void create_parent(const std::filesystem::path& path);

/// Name of this machine, for folders that several machines share.
std::string host_name();

}  // namespace ecg_lora
