// Files and folders that appear complete or not at all.
//
// The temporary is always ".<name>.partial" beside the final name: what a killed run left there is found and
// replaced by the next run that writes the same name, and a rename within one folder stays within one file
// system.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora {

namespace fs = std::filesystem;

namespace {

fs::path partial_name(const fs::path& path) {
  return path.parent_path() / ("." + path.filename().string() + ".partial");
}

/// "a/b/" names the folder a/b.
fs::path without_trailing_slash(const fs::path& path) {
  return path.has_filename() ? path : path.parent_path();
}

void create_parent(const fs::path& path) {
  if (!path.has_filename())
    throw_usage("'", path.string(), "': expected the name of a file or folder to write, got none");
  if (!path.has_parent_path()) return;
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) throw_write(path.parent_path(), error.value());
}

/// Forces a file or folder to the disk. File systems that cannot sync a folder say EINVAL, which is no loss.
void sync_to_disk(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw_write(path, errno);
  const int code = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (code != 0 && code != EINVAL && code != ENOTSUP) throw_write(path, code);
}

void sync_parent(const fs::path& path) {
  sync_to_disk(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

}  // namespace

void throw_write(const fs::path& path, int code) {
  throw_data(path.string(),
             ": cannot be written: ", code ? std::strerror(code) : "unknown input/output error",
             code == ENOSPC || code == EDQUOT ? "; free some space and run again"
                                              : "; check the path and its permissions");
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)) {
  create_parent(path_);
  if (fs::is_directory(path_))
    throw_usage(path_.string(), ": expected the name of a file to write, got a folder");
  temporary_ = partial_name(path_);
  errno = 0;
  out_.open(temporary_, std::ios::binary | std::ios::trunc);
  if (!out_) throw_write(path_, errno);
}

AtomicFile::~AtomicFile() {
  if (committed_) return;
  out_.close();
  std::error_code ignored;
  fs::remove(temporary_, ignored);
}

void AtomicFile::write(const void* bytes, std::size_t size) {
  errno = 0;
  out_.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size));
  if (!out_) throw_write(path_, errno);
}

void AtomicFile::commit() {
  errno = 0;
  out_.close();  // flushes; a full disk shows here at the latest
  if (!out_) throw_write(path_, errno);
  sync_to_disk(temporary_);
  std::error_code error;
  fs::rename(temporary_, path_, error);
  if (error) throw_write(path_, error.value());
  committed_ = true;
  sync_parent(path_);
}

AtomicFolder::AtomicFolder(fs::path path) : path_(without_trailing_slash(std::move(path))) {
  create_parent(path_);
  if (fs::exists(fs::symlink_status(path_))) {
    throw_usage(path_.string(),
                ": expected a new name, but it exists already; choose another or remove it first");
  }
  temporary_ = partial_name(path_);
  std::error_code error;
  fs::remove_all(temporary_, error);
  if (!error) fs::create_directory(temporary_, error);
  if (error) throw_write(path_, error.value());
}

AtomicFolder::~AtomicFolder() {
  if (committed_) return;
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
}

void AtomicFolder::commit() {
  for (const auto& entry : fs::recursive_directory_iterator(temporary_)) {
    if (!entry.is_symlink()) sync_to_disk(entry.path());
  }
  if (fs::exists(fs::symlink_status(path_))) {
    throw_usage(path_.string(), ": appeared while it was being written; choose another name and run again");
  }
  std::error_code error;
  fs::rename(temporary_, path_, error);
  if (error) throw_write(path_, error.value());
  committed_ = true;
  sync_parent(path_);
}

}  // namespace ecg_lora
