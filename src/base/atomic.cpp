// Files and folders that appear complete or not at all.
//
// The temporary is ".<name>.<unique>.partial" in the folder of the final name, so that a rename
// stays within one file system, and so that two writers never share it even if the file system has
// no locks. What a killed run left is removed by the next run that writes the same name: it finds
// the lock of the killed one.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "output_path.h"

namespace ecg_lora {

namespace fs = std::filesystem;

namespace {

std::string partial_prefix(const fs::path& path) {
  return "." + path.filename().string() + ".";
}

/// A name that no other process or object has: the host is part of it for folders that several
/// machines share.
fs::path partial_name(const fs::path& path) {
  static std::atomic<unsigned> count = 0;
  const auto host = std::hash<std::string>()(host_name()) % 0xffff;
  const auto unique = cat(host, "-", ::getpid(), "-", count++);
  return path.parent_path() / (partial_prefix(path) + unique + ".partial");
}

bool is_unique_part(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789-") == std::string_view::npos;
}

/// Removes what killed writers of `path` left. The caller holds its lock.
void remove_abandoned(const fs::path& path) {
  const std::string prefix = partial_prefix(path), suffix = ".partial";
  const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored)) {
    const auto name = entry->path().filename().string();
    if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) ||
        !name.ends_with(suffix))
      continue;
    const auto unique =
        std::string_view(name).substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    if (is_unique_part(unique)) fs::remove_all(entry->path(), ignored);
  }
}

/// Takes the lock of an output, and clears what killed writers left.
void take(std::optional<OutputLock>& lock, const fs::path& path) {
  lock.emplace(path);
  if (lock->found_abandoned()) remove_abandoned(path);
}

/// Renames unless `to` exists. False if it does.
bool rename_to_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  if (errno != EINVAL && errno != ENOSYS) throw_write(to, errno);
  // This file system cannot rename without replacing: look, then rename.
  if (fs::exists(fs::symlink_status(to))) return false;
  if (::rename(from.c_str(), to.c_str()) != 0) throw_write(to, errno);
  return true;
}

/// Forces a file or folder to the disk. File systems that cannot sync a folder say EINVAL, which is
/// no loss.
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

fs::path without_trailing_slash(const fs::path& path) {
  return path.has_filename() ? path : path.parent_path();
}

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

void create_parent(const fs::path& path) {
  if (!path.has_filename())
    throw_usage("'", path.string(), "': expected the name of a file or folder to write, got none");
  if (!path.has_parent_path()) return;
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) throw_write(path.parent_path(), error.value());
}

void throw_write(const fs::path& path, int code) {
  throw_data(path.string(),
             ": cannot be written: ", code ? std::strerror(code) : "unknown input/output error",
             code == ENOSPC || code == EDQUOT ? "; free some space and run again"
                                              : "; check the path and its permissions");
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)), folders_(path_) {
  if (fs::is_directory(path_))
    throw_usage(path_.string(), ": expected the name of a file to write, got a folder");
  take(lock_, path_);
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

void AtomicFile::finish() {
  errno = 0;
  out_.close();  // flushes; a full disk shows here at the latest
  if (!out_) throw_write(path_, errno);
  sync_to_disk(temporary_);
  finished_ = true;
}

void AtomicFile::commit() {
  if (!finished_) finish();
  std::error_code error;
  fs::rename(temporary_, path_, error);
  if (error) throw_write(path_, error.value());
  committed_ = true;
  folders_.keep();
  sync_parent(path_);
}

AtomicFolder::AtomicFolder(const fs::path& path)
    : path_(without_trailing_slash(path)), folders_(path_) {
  take(lock_, path_);
  if (fs::exists(fs::symlink_status(path_))) {
    throw_usage(path_.string(),
                ": expected a new name, but it exists already; choose another or remove it first");
  }
  temporary_ = partial_name(path_);
  std::error_code error;
  fs::create_directory(temporary_, error);
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
  if (!rename_to_new(temporary_, path_))
    throw_usage(path_.string(),
                ": appeared while it was being written; choose another name and run again");
  committed_ = true;
  folders_.keep();
  sync_parent(path_);
}

}  // namespace ecg_lora
