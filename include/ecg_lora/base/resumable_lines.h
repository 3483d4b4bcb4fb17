// Lines of a result that grow batch by batch, and outlive a kill.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"

namespace ecg_lora {

/// Where the lines of a file grow until it is whole.
inline std::filesystem::path unfinished_of(const std::filesystem::path& file) {
  return file.string() + ".unfinished";
}

/// A file whose first line says whose lines follow. Lines are flushed to the system with each
/// append(), so that a killed process loses at most a line that it was writing, which the next one
/// drops.
class ResumableLines {
 public:
  /// Opens `path` for the work that `identity` describes: every value that the lines depend on.
  /// Usage error, with the keys that differ, if the file is of other work (a warning if `accept`);
  /// data error if its first line is none of this kind.
  ResumableLines(std::filesystem::path path, const Json& identity, bool accept = false);

  /// The whole lines that were there.
  const std::vector<std::string>& found() const { return found_; }
  /// Keeps the first `lines` of them and drops what comes after. To be called once, before
  /// append().
  void keep(std::size_t lines);
  /// Adds whole lines, each with its line break. Data error if they cannot be written.
  void append(const std::string& lines);
  /// All lines, without the first.
  std::string text() const;

 private:
  void check(const std::string& first, const Json& identity) const;

  bool accept_;
  std::filesystem::path path_;
  std::string head_;
  std::vector<std::string> found_;
  std::ofstream out_;
};

}  // namespace ecg_lora
