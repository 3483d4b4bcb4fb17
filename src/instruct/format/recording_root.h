// A folder of WFDB records, and the layouts whose names it understands.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ecg_lora::instruct {

class RecordingRoot {
 public:
  RecordingRoot(std::filesystem::path root, int sampling_rate);

  /// The record that a layout of known names gives `stem` ("00001_hr", "40689238"); `bare` if
  /// the name was no more than that. Adds what it tried.
  std::optional<std::filesystem::path> by_layout(const std::string& stem, bool bare,
                                                 std::vector<std::string>& tried) const;
  /// The records anywhere below a root of no known layout whose file is called `stem`.hea. Walks
  /// the folder once, when first asked.
  const std::vector<std::filesystem::path>& by_stem(const std::string& stem) const;
  const std::filesystem::path& path() const { return root_; }

 private:
  std::optional<std::filesystem::path> ptbxl(const std::string& stem, bool bare,
                                             std::vector<std::string>& tried) const;
  std::optional<std::filesystem::path> mimic(const std::string& stem,
                                             std::vector<std::string>& tried) const;
  void walk() const;
  void read_mimic() const;

  std::filesystem::path root_;
  int sampling_rate_;
  bool ptbxl_ = false, mimic_ = false;
  mutable std::once_flag walked_, mimic_read_;
  mutable std::unordered_map<std::string, std::vector<std::filesystem::path>> stems_;
  mutable std::unordered_map<std::uint32_t, std::uint32_t> subject_of_study_;
};

/// Whether there is a header of a record at `record` (without extension).
bool record_exists(const std::filesystem::path& record);

}  // namespace ecg_lora::instruct
