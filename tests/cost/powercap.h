// A tree as /sys/class/powercap has it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora::cost::testing {

constexpr std::uint64_t kRange = 262'143'328'850;  ///< microjoules, of a real server

class Powercap {
 public:
  explicit Powercap(const std::filesystem::path& root) : root_(root) {
    std::filesystem::remove_all(root);
    std::filesystem::create_directories(root);
  }
  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path counter(const std::string& zone) const {
    return root_ / zone / "energy_uj";
  }
  void zone(const std::string& folder, const std::string& name, std::uint64_t microjoules) {
    write_file(root_ / folder / "name", name + "\n");
    write_file(root_ / folder / "max_energy_range_uj", cat(kRange, "\n"));
    set(folder, microjoules);
  }
  void set(const std::string& folder, std::uint64_t microjoules) {
    write_file(counter(folder), cat(microjoules, "\n"));
  }

 private:
  std::filesystem::path root_;
};

}  // namespace ecg_lora::cost::testing
