// Whether what a data file names stays within its data set.
#pragma once

#include <filesystem>
#include <vector>

namespace ecg_lora {

/// True if `name` is a path that can lead out of the folder that it is taken from: absolute, or
/// with a part "..".
bool leads_out(const std::filesystem::path& name);

/// `path` as an absolute path without links; a part that does not exist is taken as it is. Empty if
/// links go in a circle.
std::filesystem::path follow_links(const std::filesystem::path& path);

/// True if `path` is `root` or lies below it. Both come from follow_links().
bool is_inside(const std::filesystem::path& path, const std::filesystem::path& root);

/// The folders that a data set may read from: its own, and those that the user names. A data set
/// that was shared must not show what lies elsewhere.
class AllowedFolders {
 public:
  AllowedFolders() = default;
  explicit AllowedFolders(const std::vector<std::filesystem::path>& folders);

  /// Whether `path` lies below one of them, links followed.
  bool contain(const std::filesystem::path& path) const;

 private:
  std::vector<std::filesystem::path> folders_;  ///< links followed
};

}  // namespace ecg_lora
