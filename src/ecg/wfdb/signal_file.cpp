#include "signal_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/size_limit.h"

namespace ecg_lora::wfdb {

SignalFile::SignalFile(const std::filesystem::path& path)
    : path_(path), file_(open_descriptor(path)) {
  struct stat status {};
  if (::fstat(file_, &status) == 0) size_ = static_cast<std::size_t>(status.st_size);
}

SignalFile::~SignalFile() {
  ::close(file_);
}

void SignalFile::read(std::size_t offset, std::size_t count, void* bytes) const {
  for (std::size_t done = 0; done < count;) {
    const auto got = ::pread(file_, static_cast<char*>(bytes) + done, count - done,
                             static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      throw_data(path_.string(), ": reading failed at byte ", offset + done, ": ",
                 std::strerror(errno));
    if (got == 0)
      throw_data(path_.string(), ": ended at byte ", offset + done, " while it was read, expected ",
                 size_, " bytes");
    done += static_cast<std::size_t>(got);
  }
}

std::string SignalFile::read_all() const {
  check_size(path_, size_);
  std::string bytes(size_, '\0');
  read(0, size_, bytes.data());
  return bytes;
}

}  // namespace ecg_lora::wfdb
