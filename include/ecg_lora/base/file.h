// Reading whole files, and writing files that appear complete or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/lock.h"
#include "ecg_lora/base/new_folders.h"

namespace ecg_lora {

/// Opens a file to read: the one way in. Returns a descriptor, which the caller closes.
/// Throws an error of `kind` that names the file if it is missing, unreadable, or no regular file:
/// a named pipe would hang, and a device may have no end.
int open_descriptor(const std::filesystem::path& path, ExitCode kind = ExitCode::data);

/// The same as a stream.
std::ifstream open_file(const std::filesystem::path& path, ExitCode kind = ExitCode::data);

/// Most bytes that read_file() takes into memory, unless it is given another limit.
constexpr std::uint64_t kWholeFileLimit = std::uint64_t{1} << 30;

/// The bytes of a file. Throws a data error that names the file if open_file() would, if it is
/// larger than `limit` bytes, or if reading fails.
std::string read_file(const std::filesystem::path& path, std::uint64_t limit = kWholeFileLimit);

/// A file written under a temporary name in the folder of its final name, and renamed on commit().
/// Destroyed without commit(), it leaves nothing, missing parent folders that it created included.
/// Every failed write (a full disk) throws a data error. While it lives, it is the only writer of
/// its name (see OutputLock).
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends. REQUIRES: before finish() and commit().
  void write(const void* bytes, std::size_t size);
  void write(std::string_view text) { write(text.data(), text.size()); }
  /// Ends the writing and flushes to the disk, under the temporary name yet.
  void finish();
  /// finish(), if it was not called, and renames to the final name.
  void commit();

 private:
  std::filesystem::path path_, temporary_;
  NewFolders folders_;
  std::optional<OutputLock> lock_;
  std::ofstream out_;
  bool finished_ = false, committed_ = false;
};

/// Writes `text` as a whole or not at all. Throws as AtomicFile does.
void write_file(const std::filesystem::path& path, std::string_view text);

/// A data error that says why `path` cannot be written; `code` is errno, or 0 if the library
/// gave none.
[[noreturn]] void throw_write(const std::filesystem::path& path, int code);

/// A folder filled under a temporary name and renamed on commit(). Destroyed without commit(), it
/// is removed, missing parent folders that it created included. Refuses (usage error) a final name
/// that exists already, at the start or at the commit, which never replaces anything. While it
/// lives, it is the only writer of its name (see OutputLock).
class AtomicFolder {
 public:
  explicit AtomicFolder(const std::filesystem::path& path);
  ~AtomicFolder();
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;

  /// The folder to fill until commit().
  const std::filesystem::path& staging() const { return temporary_; }
  /// Renames to the final name. Data error if that fails.
  void commit();

 private:
  std::filesystem::path path_, temporary_;
  NewFolders folders_;
  std::optional<OutputLock> lock_;
  bool committed_ = false;
};

/// Folder that holds the running executable. Throws a data error if the kernel does not tell: what
/// would be run from another folder would not be this program.
std::filesystem::path executable_folder();

}  // namespace ecg_lora
