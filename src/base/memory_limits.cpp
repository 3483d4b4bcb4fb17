#include "ecg_lora/base/memory_limits.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

namespace ecg_lora {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kUnlimited = std::int64_t{1} << 60;  ///< version 1 writes a number near 2^63

/// The number that is all of a file; nothing for "max", for a number that is no limit, and if there
/// is no such file.
std::optional<std::int64_t> number_in(const fs::path& file) {
  std::ifstream in(file);
  std::int64_t value = 0;
  if (!(in >> value) || value < 0 || value >= kUnlimited) return std::nullopt;
  return value;
}

/// The number behind `key` at the start of a line.
std::optional<std::int64_t> number_after(const fs::path& file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line.substr(std::min(line.size(), key.size())));
    std::int64_t value = 0;
    if (line.rfind(key, 0) == 0 && fields >> value && value >= 0) return value;
  }
  return std::nullopt;
}

bool has_word(const std::string& list, const std::string& word) {
  std::istringstream words(list);
  for (std::string one; std::getline(words, one, ',');)
    if (one == word) return true;
  return false;
}

/// A version of cgroups, and the names of its files.
struct CgroupFiles {
  bool second = false;
  const char *limit, *held, *inactive, *active;
};
constexpr CgroupFiles kFirstVersion{false, "memory.limit_in_bytes", "memory.usage_in_bytes",
                                    "total_inactive_file ", "total_active_file "};
constexpr CgroupFiles kSecondVersion{true, "memory.max", "memory.current", "inactive_file ",
                                     "active_file "};

/// This process's path below the mount of a version's memory controller, as /proc/self/cgroup says.
std::optional<std::string> own_cgroup(const fs::path& root, const CgroupFiles& files) {
  std::ifstream in(root / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const bool mine = files.second ? line.rfind("0::", 0) == 0 : has_word(controllers, "memory");
    if (mine) return line.substr(second + 1);
  }
  return std::nullopt;
}

struct Mount {
  std::string point, root;  ///< where it is mounted, and which cgroup stands there
};

/// Where the memory controller is mounted, as /proc/self/mountinfo says.
std::optional<Mount> cgroup_mount(const fs::path& root, const CgroupFiles& files) {
  std::ifstream in(root / "proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    const auto dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream before(line), after(line.substr(dash + 3));
    std::string skipped, type, source, options;
    Mount mount;
    before >> skipped >> skipped >> skipped >> mount.root >> mount.point;
    after >> type >> source >> options;
    if (files.second ? type == "cgroup2" : type == "cgroup" && has_word(options, "memory"))
      return mount;
  }
  return std::nullopt;
}

void add_cgroup(const fs::path& folder, const std::string& name, const CgroupFiles& files,
                std::vector<MemoryLimit>& limits) {
  const auto most = number_in(folder / files.limit), held = number_in(folder / files.held);
  if (!most || !held) return;
  const auto pages = number_after(folder / "memory.stat", files.inactive).value_or(0) +
                     number_after(folder / "memory.stat", files.active).value_or(0);
  const auto kept = std::max<std::int64_t>(0, *held - pages);
  limits.push_back({"cgroup " + name, std::max<std::int64_t>(0, *most - kept)});
}

/// The process's own cgroup and those that it stands in.
void add_cgroups(const fs::path& root, const CgroupFiles& files, std::vector<MemoryLimit>& limits) {
  const auto mount = cgroup_mount(root, files);
  auto own = own_cgroup(root, files);
  if (!mount || !own) return;
  if (mount->root != "/" && own->rfind(mount->root, 0) == 0) own->erase(0, mount->root.size());
  const auto top = root / fs::path(mount->point).relative_path();
  auto path = fs::path(*own).relative_path();
  if (own->find("..") != std::string::npos || !fs::exists(top / path)) path.clear();
  for (;; path = path.parent_path()) {
    add_cgroup(path.empty() ? top : top / path, "/" + path.string(), files, limits);
    if (path.empty()) return;
  }
}

void add_address_limit(const fs::path& root, std::vector<MemoryLimit>& limits) {
  const auto most = number_after(root / "proc/self/limits", "Max address space");
  const auto kibibytes = number_after(root / "proc/self/status", "VmSize:");
  if (!most || *most >= kUnlimited || !kibibytes) return;
  const auto left = std::max<std::int64_t>(0, *most - 1024 * *kibibytes);
  limits.push_back({"ulimit -v", left, false, true});
}

}  // namespace

std::vector<MemoryLimit> memory_limits(const fs::path& root) {
  std::vector<MemoryLimit> limits;
  if (const auto kibibytes = number_after(root / "proc/meminfo", "MemAvailable:"))
    limits.push_back({"available memory of this machine", 1024 * *kibibytes});
  for (const auto* files : {&kSecondVersion, &kFirstVersion}) add_cgroups(root, *files, limits);
  add_address_limit(root, limits);
  return limits;
}

}  // namespace ecg_lora
