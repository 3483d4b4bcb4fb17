// Folders that are made for an output.
#pragma once

#include <filesystem>
#include <vector>

namespace ecg_lora {

/// Creates the missing folders above an output. Those that it created go again with it, if they are
/// empty, unless they are to be kept: a command that fails leaves nothing.
class NewFolders {
 public:
  /// Throws a data error if a folder cannot be created, and a usage error if `output` has no name.
  explicit NewFolders(const std::filesystem::path& output);
  ~NewFolders();
  NewFolders(const NewFolders&) = delete;
  NewFolders& operator=(const NewFolders&) = delete;

  void keep() { created_.clear(); }

 private:
  std::vector<std::filesystem::path> created_;  ///< the innermost first
};

}  // namespace ecg_lora
