// Text files line by line.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>

#include "ecg_lora/base/error.h"

namespace ecg_lora {

/// Longest line that LineReader takes: many times what a question with its answer has.
constexpr std::size_t kLongestLine = 16 << 20;

/// The lines of a file, of which one at a time is in memory.
class LineReader {
 public:
  /// Throws as open_file() does, and a data error if the file is larger than read_file() takes.
  explicit LineReader(const std::filesystem::path& path);

  /// The next line without its end; false behind the last one. Throws a data error that names file
  /// and line if it is longer than kLongestLine.
  bool next(std::string& line);
  std::size_t number() const { return number_; }  ///< of the line that next() gave, from 1

 private:
  std::filesystem::path path_;
  std::ifstream in_;
  std::size_t number_ = 0;
};

/// The first line of a file without its end, or the first `most` bytes of it. Throws an error of
/// `kind` as open_file() does.
std::string first_line(const std::filesystem::path& path, std::size_t most,
                       ExitCode kind = ExitCode::data);

}  // namespace ecg_lora
