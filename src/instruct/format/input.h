// A file that is read in pieces, from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace ecg_lora::instruct {

class Input {
 public:
  /// Data error if `path` is missing, a folder, or cannot be opened.
  explicit Input(const std::filesystem::path& path);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// Up to `length` bytes from `begin` on; fewer at the end of the file. Data error if the disk
  /// fails.
  std::string read(std::uint64_t begin, std::size_t length) const;
  std::uint64_t size() const { return size_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int handle_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace ecg_lora::instruct
