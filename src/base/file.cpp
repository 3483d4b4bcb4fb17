#include "ecg_lora/base/file.h"

#include <cerrno>
#include <cstring>

#include "ecg_lora/base/error.h"

namespace ecg_lora {

namespace fs = std::filesystem;

std::ifstream open_file(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) throw_data(path.string(), ": no such file; check the path");
  if (fs::is_directory(status)) throw_data(path.string(), ": expected a file, got a folder");
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) throw_data(path.string(), ": cannot be opened: ", std::strerror(errno));
  return in;
}

std::string read_file(const fs::path& path) {
  std::ifstream in = open_file(path);
  std::string bytes;
  std::error_code error;
  const auto size = fs::is_regular_file(path, error) ? fs::file_size(path, error) : 0;
  if (!error) bytes.reserve(size);
  char buffer[1 << 16];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) bytes.append(buffer, in.gcount());
  if (in.bad())
    throw_data(path.string(), ": reading failed after ", bytes.size(), " bytes: ", std::strerror(errno));
  return bytes;
}

void write_file(const fs::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

fs::path executable_folder() {
  std::error_code error;
  const auto path = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::current_path() : path.parent_path();
}

}  // namespace ecg_lora
