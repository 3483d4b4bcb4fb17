#include "input.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora::instruct {

Input::Input(const std::filesystem::path& path) : path_(path), handle_(open_descriptor(path)) {
  struct stat status {};
  if (::fstat(handle_, &status) == 0) size_ = static_cast<std::uint64_t>(status.st_size);
}

Input::~Input() {
  ::close(handle_);
}

std::string Input::read(std::uint64_t begin, std::size_t length) const {
  std::string bytes(begin >= size_ ? 0 : std::min<std::uint64_t>(length, size_ - begin), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto got = ::pread(handle_, bytes.data() + done, bytes.size() - done,
                             static_cast<off_t>(begin + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      throw_data(path_.string(), ": reading failed at byte ", begin + done, ": ",
                 std::strerror(errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace ecg_lora::instruct
