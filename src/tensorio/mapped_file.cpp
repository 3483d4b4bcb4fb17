#include "mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora::tensorio {

MappedFile::MappedFile(const std::filesystem::path& path, const char* kind) : path_(path) {
  const int descriptor = open_descriptor(path, ExitCode::checkpoint);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    const int code = errno;
    ::close(descriptor);
    throw_checkpoint("cannot open ", path.string(), " (", std::strerror(code), "), expected ", kind,
                     "; check the path");
  }
  size_ = static_cast<std::size_t>(status.st_size);
  void* address = size_ ? ::mmap(nullptr, size_, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_NORESERVE, descriptor, 0)
                        : nullptr;
  ::close(descriptor);
  if (address == MAP_FAILED)
    throw_checkpoint("cannot map ", path.string(), " (", std::strerror(errno),
                     "); free memory and try again");
  bytes_ = static_cast<char*>(address);
  if (size_ > 0) guard_.emplace(bytes_, size_, path_.c_str());
}

MappedFile::~MappedFile() {
  guard_.reset();
  if (bytes_) ::munmap(bytes_, size_);
}

void MappedFile::forget(std::uint64_t begin, std::uint64_t end) const {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  begin = (begin + page - 1) / page * page;
  end = end / page * page;
  if (begin < end) ::madvise(bytes_ + begin, end - begin, MADV_DONTNEED);
}

void MappedFile::prefetch(std::uint64_t begin, std::uint64_t end) const {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  constexpr std::uint64_t piece = 1 << 20;  // the kernel cuts a longer request short
  for (begin = begin / page * page; begin < end; begin += piece)
    ::madvise(bytes_ + begin, std::min(piece, end - begin), MADV_WILLNEED);
}

}  // namespace ecg_lora::tensorio
