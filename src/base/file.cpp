#include "ecg_lora/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/size_limit.h"

namespace ecg_lora {

namespace fs = std::filesystem;

namespace {

const char* kind_of(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return "a folder";
  if (S_ISFIFO(status.st_mode)) return "a named pipe, which may never end";
  if (S_ISSOCK(status.st_mode)) return "a socket";
  return "a device, which may never end";
}

}  // namespace

int open_descriptor(const fs::path& path, ExitCode kind) {
  // O_NONBLOCK: opening a pipe that nobody writes to must not hang.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR))
    throw Error(kind, cat(path.string(), ": no such file; check the path"));
  if (descriptor < 0)
    throw Error(
        kind, cat(path.string(), ": cannot be opened: ", std::strerror(errno), "; check the path"));
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) return descriptor;
  ::close(descriptor);
  throw Error(kind, cat(path.string(), ": expected a file, got ", kind_of(status),
                        "; name a regular file"));
}

std::ifstream open_file(const fs::path& path, ExitCode kind) {
  ::close(open_descriptor(path, kind));
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw Error(
        kind, cat(path.string(), ": cannot be opened: ", std::strerror(errno), "; check the path"));
  return in;
}

std::string read_file(const fs::path& path, std::uint64_t limit) {
  std::ifstream in = open_file(path);
  std::error_code error;
  const auto size = fs::file_size(path, error);
  const auto refuse = [&] {
    throw_data(path.string(), ": expected at most ", limit >> 20,
               " MiB, got more; name another file");
  };
  if (!error && size > limit) refuse();
  std::string bytes;
  if (!error) bytes.reserve(size);
  char buffer[1 << 16];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    bytes.append(buffer, static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > limit) refuse();  // files of /proc have no size, and some have no end
  }
  if (in.bad())
    throw_data(path.string(), ": reading failed after ", bytes.size(),
               " bytes: ", std::strerror(errno));
  return bytes;
}

void check_size(const fs::path& path, std::uintmax_t size, ExitCode kind) {
  if (size <= kWholeFileLimit) return;
  const char* advice =
      kind == ExitCode::checkpoint ? "use the checkpoint's own file" : "name another file";
  throw Error(kind, cat(path.string(), ": expected at most ", kWholeFileLimit >> 20, " MiB, got ",
                        size, " bytes; ", advice));
}

void write_file(const fs::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

fs::path executable_folder() {
  std::error_code error;
  const auto path = fs::read_symlink("/proc/self/exe", error);
  if (error)
    throw_data("/proc/self/exe: the folder of this program cannot be found: ", error.message(),
               "; mount /proc, or run the commands by their own names");
  return path.parent_path();
}

}  // namespace ecg_lora
