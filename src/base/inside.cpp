#include "ecg_lora/base/inside.h"

#include <algorithm>

namespace ecg_lora {

namespace fs = std::filesystem;

bool leads_out(const fs::path& name) {
  return name.is_absolute() || std::find(name.begin(), name.end(), "..") != name.end();
}

fs::path follow_links(const fs::path& path) {
  std::error_code error;
  const auto whole = fs::weakly_canonical(fs::absolute(path, error), error);
  if (error) return {};
  return whole.has_filename() ? whole : whole.parent_path();
}

bool is_inside(const fs::path& path, const fs::path& root) {
  if (path.empty() || root.empty()) return false;
  return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

AllowedFolders::AllowedFolders(const std::vector<fs::path>& folders) {
  for (const auto& folder : folders) folders_.push_back(follow_links(folder));
}

bool AllowedFolders::contain(const fs::path& path) const {
  const auto followed = follow_links(path);
  return std::any_of(folders_.begin(), folders_.end(),
                     [&](const fs::path& folder) { return is_inside(followed, folder); });
}

}  // namespace ecg_lora
