// The files of a record, read in as few steps as possible.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace ecg_lora::wfdb {

/// A regular file, open for reading.
class SignalFile {
 public:
  /// Throws a data error if it is missing, unreadable or no regular file.
  explicit SignalFile(const std::filesystem::path& path);
  ~SignalFile();
  SignalFile(const SignalFile&) = delete;
  SignalFile& operator=(const SignalFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::size_t size() const { return size_; }  ///< bytes
  /// Throws a data error if fewer than `count` bytes follow `offset`.
  void read(std::size_t offset, std::size_t count, void* bytes) const;
  /// Throws a data error if the file is larger than read_file() takes.
  std::string read_all() const;

 private:
  std::filesystem::path path_;
  int file_ = -1;
  std::size_t size_ = 0;
};

}  // namespace ecg_lora::wfdb
