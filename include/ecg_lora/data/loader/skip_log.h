// What was left out of training or evaluation, and why: nothing is skipped silently.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

namespace ecg_lora::data {

/// The samples that were left out. Thread-safe.
class SkipLog {
 public:
  /// Notes that `sample` was left out at a stage: "item" (its text cannot be read), "length",
  /// "image" (its image is missing), "page" (its image is damaged). The same sample at the same
  /// stage counts once.
  void note(const std::string& sample, const std::string& stage, const std::string& reason);

  /// Writes what was noted so far, and from now on every note at once, as JSON lines {"sample",
  /// "stage", "reason"}. Lines that the file has already (of a run that is resumed) are kept and
  /// not written twice. Data error if the file cannot be written.
  void write_to(const std::filesystem::path& file);

  std::int64_t count() const;                          ///< samples, at all stages
  std::int64_t count(const std::string& stage) const;  ///< at one stage

 private:
  void append(const std::string& lines);

  mutable std::mutex mutex_;
  std::unordered_set<std::string> seen_;
  std::vector<std::pair<std::string, std::int64_t>> counts_;  ///< of each stage
  std::vector<std::string> waiting_;  ///< lines noted before there was a file
  std::filesystem::path file_;
};

}  // namespace ecg_lora::data
