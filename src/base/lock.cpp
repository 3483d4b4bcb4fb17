#include "ecg_lora/base/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/log.h"
#include "output_path.h"

namespace ecg_lora {

namespace fs = std::filesystem;

namespace {

/// "process 4711 on node7 (ecg-lora-train --config c.json)".
std::string this_writer() {
  std::ifstream arguments("/proc/self/cmdline", std::ios::binary);
  std::string command(std::istreambuf_iterator<char>(arguments), {});
  while (!command.empty() && command.back() == '\0') command.pop_back();
  for (auto& c : command)
    if (c == '\0') c = ' ';
  if (command.size() > 400) command.replace(400, std::string::npos, " ...");
  return cat("process ", ::getpid(), " on ", host_name(), " (", command, ")");
}

/// What the holder of a lock wrote into it. That is nothing for an instant after it was taken, so
/// this waits a little.
std::string writer_in(int descriptor) {
  char text[1024];
  for (int tries = 0; tries < 50; ++tries) {
    const auto got = ::pread(descriptor, text, sizeof text, 0);
    if (got > 0) return std::string(text, static_cast<std::size_t>(got));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return "another process";
}

/// Whether `descriptor` is the file that has this name now: its last holder may have removed it
/// meanwhile.
bool is_current(int descriptor, const fs::path& file) {
  struct stat open {
  }, named{};
  return ::fstat(descriptor, &open) == 0 && ::stat(file.c_str(), &named) == 0 &&
         open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

/// Of the output itself, whatever link leads to it. Makes its folder.
fs::path lock_file(const fs::path& path) {
  create_parent(without_trailing_slash(path));
  std::error_code error;
  auto whole = fs::weakly_canonical(path, error);
  whole = without_trailing_slash(error ? path : whole);
  return whole.parent_path() / ("." + whole.filename().string() + ".lock");
}

bool has_no_locks(int code) {
  return code == ENOLCK || code == EOPNOTSUPP || code == ENOSYS || code == EINVAL;
}

}  // namespace

OutputLock::OutputLock(const fs::path& path) : file_(lock_file(path)) {
  do {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ =
        ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
    if (descriptor_ < 0) throw_write(path, errno);
    if (!take(path)) return;
  } while (!is_current(descriptor_, file_));
  struct stat status {};
  abandoned_ = ::fstat(descriptor_, &status) == 0 && status.st_size > 0;
  const auto text = this_writer();
  // A full disk may refuse the text; the lock holds without it.
  if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, text.data(), text.size(), 0) < 0)
    return;
}

bool OutputLock::take(const fs::path& path) {
  int code = 0;
  do code = ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
  while (code == EINTR);
  if (code == 0) return true;
  const auto writer = code == EWOULDBLOCK ? writer_in(descriptor_) : "";
  ::close(std::exchange(descriptor_, -1));
  if (code == EWOULDBLOCK)
    throw_usage(path.string(), " is being written by ", writer,
                ", expected no other writer; wait until it has ended, or choose another output");
  if (!has_no_locks(code)) throw_write(path, code);
  log_warn(cat(path.string(),
               ": its file system has no locks; make sure that no other process writes it"));
  return false;
}

OutputLock::~OutputLock() {
  if (descriptor_ < 0) return;
  ::unlink(file_.c_str());
  ::close(descriptor_);
}

}  // namespace ecg_lora
