// Reading whole files, and writing files that appear complete or not at all.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace ecg_lora {

/// A file opened for reading. Throws a data error that names it where it is missing, a folder or unreadable.
std::ifstream open_file(const std::filesystem::path& path);

/// The bytes of a file. Throws a data error that names the file where it is missing or unreadable.
std::string read_file(const std::filesystem::path& path);

/// A file written beside its final name and renamed on commit(). Destroyed without commit(), it leaves
/// nothing. Missing parent folders are created. Every failed write (a full disk) throws a data error.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* bytes, std::size_t size);
  void write(std::string_view text) { write(text.data(), text.size()); }
  /// Flushes to the disk and renames to the final name.
  void commit();

 private:
  std::filesystem::path path_, temporary_;
  std::ofstream out_;
  bool committed_ = false;
};

/// Writes `text` as a whole or not at all.
void write_file(const std::filesystem::path& path, std::string_view text);

/// A data error that says why `path` cannot be written; `code` is errno, or 0 where the library gave none.
[[noreturn]] void throw_write(const std::filesystem::path& path, int code);

/// A folder filled beside its final name and renamed on commit(). Destroyed without commit(), it is removed.
/// Missing parent folders are created. Refuses (usage error) a final name that exists already.
class AtomicFolder {
 public:
  explicit AtomicFolder(std::filesystem::path path);
  ~AtomicFolder();
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;

  /// The folder to fill until commit().
  const std::filesystem::path& staging() const { return temporary_; }
  void commit();

 private:
  std::filesystem::path path_, temporary_;
  bool committed_ = false;
};

/// Folder that holds the running executable.
std::filesystem::path executable_folder();

}  // namespace ecg_lora
