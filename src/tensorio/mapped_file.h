// A file mapped into memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "mapped_guard.h"

namespace ecg_lora::tensorio {

/// Private and writable in memory, because at::Tensor has no read-only storage; the file is never
/// changed. A file that becomes shorter while it is read ends the process (see MappedGuard).
class MappedFile {
 public:
  /// Checkpoint error if it cannot be mapped; `kind` says what was expected, for example "a
  /// safetensors file".
  MappedFile(const std::filesystem::path& path, const char* kind);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  char* data() const { return bytes_; }
  std::size_t size() const { return size_; }
  std::string_view bytes() const { return {bytes_, size_}; }
  /// Gives the memory that pages within [begin, end) take back to the system. What reads them later
  /// finds them again.
  void forget(std::uint64_t begin, std::uint64_t end) const;
  /// Starts reading [begin, end) into the system's cache, which takes no memory of this process.
  void prefetch(std::uint64_t begin, std::uint64_t end) const;

 private:
  std::filesystem::path path_;
  char* bytes_ = nullptr;
  std::size_t size_ = 0;
  std::optional<MappedGuard> guard_;
};

}  // namespace ecg_lora::tensorio
